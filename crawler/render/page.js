// Runs in an isolated world of the main document, where no script of the page can tamper with it:
// `walk` uses the page as a person would until nothing new comes, `collect` reads what is there then,
// `pictures` (of pictures.js, which is handed in) what it shows in pictures. Made once for each document.
((look) => {
  const TICK_MS = 50;
  const LOOSE = 5; // A page that never stops redrawing is drawn when its links stayed the same for this many settles.
  const UNREADY = 10; // A page that shows none of its ready marks is given up after this many quiet settles.
  const MAX_IDLE = 3; // Scrolls in a row that brought nothing.
  const END_PX = 4;
  const MAX_SNAPSHOTS = 2000;
  const MAX_HTML = 16 * 1024 * 1024;
  const MAX_TEXT = 2 * 1024 * 1024; // Characters outside scripts; more is a bomb, which layout would chew for minutes.
  const MAX_ELEMENTS = 200000;

  const memory = { clicked: 0, scrolls: 0, dirty: true, snapshots: new Map(), shown: new Map(), known: new WeakMap() };
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const all = (selector, root = document) => {
    // A form's fields hide its methods behind their own names.
    const owner = root instanceof Element ? Element : root instanceof Document ? Document : DocumentFragment;
    try {
      return selector ? [...owner.prototype.querySelectorAll.call(root, selector)] : [];
    } catch {
      return [];
    }
  };
  const first = (selectors) => {
    for (const selector of selectors) {
      const found = all(selector)[0];
      if (found) return found;
    }
    return null;
  };
  const count = (selectors) => selectors.reduce((sum, selector) => sum + all(selector).length, 0);

  // --- waiting ----------------------------------------------------------------------------------------------

  const elements = document.getElementsByTagName("*");
  const observe = () => {
    if (memory.observer) return;
    memory.observer = new MutationObserver((records) => {
      memory.dirty = true;
      for (const { addedNodes } of records) grow(addedNodes);
      memory.wake?.();
    });
    memory.observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["href"] });
    const size = document.documentElement?.outerHTML.length ?? 0;
    memory.text = size > MAX_TEXT ? textLength() : 0;
    grow([]);
  };
  /** Waits for so long, or until a tick after the page changed: a page at rest costs nothing to wait for. */
  const pause = (ms) =>
    new Promise((resolve) => {
      const ends = performance.now() + ms;
      const timer = setTimeout(resolve, ms);
      memory.wake = () => {
        memory.wake = null;
        clearTimeout(timer);
        setTimeout(resolve, Math.min(TICK_MS, ends - performance.now()));
      };
    });
  const textOf = (node) => (node.nodeType === Node.TEXT_NODE && !/^(SCRIPT|STYLE)$/.test(node.parentNode?.nodeName) ? node.length : 0);
  const textLength = () => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    let sum = 0;
    while (walker.nextNode()) sum += textOf(walker.currentNode);
    return sum;
  };
  const grow = (nodes) => {
    for (const node of nodes) memory.text += textOf(node);
    if (memory.oversize || (memory.text <= MAX_TEXT && elements.length <= MAX_ELEMENTS)) return;
    memory.oversize = true;
    window.stop();
    document.documentElement?.replaceChildren();
  };
  const signature = (spec) => {
    if (memory.dirty || !memory.signature) {
      memory.dirty = false;
      const area = first(spec.product_area);
      memory.signature = [document.links.length, all(spec.item).length, area ? area.getElementsByTagName("*").length : -1].join();
    }
    return memory.signature;
  };
  const isReady = (spec) => Boolean(first(spec.ready) || first(spec.product_area));

  /** Waits until the page is drawn: "quiet", "unready" (quiet without a ready mark), "late" (never quiet) or "oversize". */
  const drawn = async (spec, until, settle = spec.settle_ms) => {
    let last = "";
    let size = -1;
    let changed = performance.now();
    let moved = changed;
    const marked = spec.ready.length > 0;
    for (;;) {
      if (memory.oversize) return "oversize";
      const now = performance.now();
      const current = signature(spec);
      if (current !== last) moved = changed = now;
      if (elements.length !== size) moved = now;
      [last, size] = [current, elements.length];
      const rest = Math.min(moved + settle, changed + LOOSE * settle) - now;
      if (document.readyState !== "loading" && rest <= 0) {
        if (!marked || isReady(spec)) return "quiet";
        if (now - changed >= UNREADY * settle) return "unready";
      }
      if (now >= until) return "late";
      await pause(Math.min(rest > 0 ? rest : TICK_MS, until - now));
    }
  };

  // --- the shopping cart ------------------------------------------------------------------------------------

  const opener = (spec) => {
    for (const selector of spec.cart) {
      for (const element of all(selector)) {
        const box = element.getBoundingClientRect();
        if (box.width > 0 && box.height > 0) return element;
      }
    }
    return null;
  };
  /** The middle of the opener, where a click lands; or null after a click by script where something covers it. */
  const aim = (element) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    if (hit && (element.contains(hit) || hit.shadowRoot?.contains(element))) return { x, y };
    element.click();
    return null;
  };

  // --- scrolling --------------------------------------------------------------------------------------------

  const addresses = (item) =>
    all("[href]", item)
      .map((element) => element.getAttribute("href"))
      .join(" ");
  const { namesOf, sourcesOf, placeOf, pictures, goTo } = look({ all, sleep, memory });
  const imagesOf = (item, sources) => all("img", item).flatMap(sources);
  /** An item's markup, and what tells it from others. Most are as they were, and the markup is the cheapest to compare. */
  const lookAt = (item) => {
    const html = item.outerHTML;
    const known = memory.known.get(item);
    if (known?.html === html) return known;
    const key = [item.textContent, item.getAttribute("href") ?? "", addresses(item), ...imagesOf(item, namesOf)].join("\n");
    const seen = { html, key };
    memory.known.set(item, seen);
    return seen;
  };
  /** Remembers each product, for a list that keeps only those in view. Gives how many were new. */
  const remember = (spec) => {
    let news = 0;
    for (const item of all(spec.item)) {
      if (memory.snapshots.size >= MAX_SNAPSHOTS) break;
      const { html, key } = lookAt(item);
      if (memory.snapshots.has(key)) continue;
      memory.snapshots.set(key, html);
      if (spec.pictures) for (const url of imagesOf(item, sourcesOf)) memory.shown.set(url, placeOf(item));
      news += 1;
    }
    return news;
  };
  const scrollerOf = (element) => {
    for (let node = element; node && node !== document.body; node = node.parentElement) {
      if (node.scrollHeight > node.clientHeight + END_PX && /auto|scroll|overlay/.test(getComputedStyle(node).overflowY)) return node;
    }
    return document.scrollingElement ?? document.documentElement;
  };
  /** Brings the last product to the top: the end of a plain list, one window further in a list drawn on demand. */
  const scroll = (spec) => {
    const last = all(spec.item).at(-1);
    const area = first(spec.product_area);
    const inner = last ?? (area && (area.lastElementChild ?? area));
    const scroller = scrollerOf(inner);
    const before = scroller.scrollTop;
    if (last) last.scrollIntoView({ block: "start", behavior: "instant" });
    else scroller.scrollTop = scroller.scrollHeight;
    return scroller.scrollTop > before + 1;
  };

  const isNews = (spec) => {
    const isGrown = signature(spec) !== memory.scrolledAt;
    return remember(spec) > 0 || isGrown;
  };
  /** Waits for the answer to a scroll. Tells whether something new came within a settle. */
  const stirred = async (spec) => {
    const ends = performance.now() + spec.settle_ms;
    for (let left = spec.settle_ms; left > 0; left = ends - performance.now()) {
      await pause(left);
      if (memory.dirty && isNews(spec)) return true;
    }
    return false;
  };

  const walk = async (spec) => {
    observe();
    const until = performance.now() + spec.budget_ms;
    let settle = spec.settle_ms;
    let idle = 0;
    for (;;) {
      const state = await drawn(spec, until, settle);
      if (state !== "quiet") return { state };
      if (!memory.clicked) {
        const element = opener(spec);
        if (element) {
          memory.clicked = 1;
          const at = aim(element);
          memory.dirty = true;
          if (at) return { state: "click", ...at };
          continue;
        }
      }
      if (!spec.scroll_to_end || idle >= MAX_IDLE) return { state, signature: memory.signature };
      const isLast = memory.scrolls >= spec.max_scrolls;
      if (isLast) return { state: memory.isStirred ? "endless" : state, signature: memory.signature };
      remember(spec);
      memory.scrolledAt = signature(spec);
      if (!scroll(spec)) return { state, signature: memory.signature };
      memory.scrolls += 1;
      memory.isStirred = await stirred(spec);
      idle = memory.isStirred ? 0 : idle + 1;
      settle = memory.isStirred ? spec.settle_ms / 3 : spec.settle_ms;
      if (performance.now() >= until) return { state: "late" };
    }
  };

  // --- reading ----------------------------------------------------------------------------------------------

  const shadowRoots = () => {
    const roots = [];
    const queue = [document];
    while (queue.length) {
      for (const element of queue.pop().querySelectorAll("*")) {
        if (element.shadowRoot) {
          roots.push(element.shadowRoot);
          queue.push(element.shadowRoot);
        }
      }
    }
    return roots;
  };
  const tag = (element) => element.cloneNode(false).outerHTML.replace(/<\/html>$/i, "");
  const dom = () => {
    const root = document.documentElement;
    if (!root) return "";
    const shadows = shadowRoots();
    const doctype = document.doctype ? "<!DOCTYPE html>" : "";
    if (!shadows.length) return doctype + root.outerHTML;
    return doctype + tag(root) + root.getHTML({ shadowRoots: shadows }) + "</html>";
  };
  const scrolledAway = (spec) => {
    const present = new Set(all(spec.item).map((item) => lookAt(item).key));
    return [...memory.snapshots].filter(([key]) => !present.has(key)).map(([, html]) => html);
  };

  const collect = (spec) => {
    const area = first(spec.product_area);
    const html = dom();
    return JSON.stringify({
      url: location.href,
      html: html.slice(0, MAX_HTML),
      oversize: Boolean(memory.oversize) || html.length > MAX_HTML || (html.length > MAX_TEXT && textLength() > MAX_TEXT),
      away: spec.item ? scrolledAway(spec) : [],
      ready: isReady(spec),
      counts: {
        product_area: count(spec.product_area),
        items: all(spec.item).length,
        scrolls: memory.scrolls,
        images: area ? all("img", area).length : 0,
        canvases: area ? all("canvas", area).length : 0,
      },
    });
  };

  return { walk, collect, pictures, goTo };
})
