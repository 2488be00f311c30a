// Runs in a frame inside the page: its DOM, with addresses made absolute because they will be read in the outer page.
() => {
  const root = document.documentElement?.cloneNode(true);
  for (const link of root?.querySelectorAll("a[href], area[href]") ?? []) link.setAttribute("href", link.href);
  return root ? root.outerHTML.slice(0, 4 * 1024 * 1024) : "";
}
