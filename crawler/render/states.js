// Runs in the page's own world: script state that the page left in globals, each as JSON text.
// `lexical` holds a reader for each top-level `let` and `const`, which are no properties of the window.
((lexical) => {
  const NAMED = [
    "__INITIAL_STATE__", "__APOLLO_STATE__", "__INITIAL_DATA__", "__NEXT_DATA__", "INIT_STATE",
    "__ICE_APP_CONTEXT__", "pageConfig", "__NUXT__", "g_config", "runParams",
  ];
  const MAX_STATE = 4 * 1024 * 1024;
  const MAX_TOTAL = 16 * 1024 * 1024;
  const MAX_DEPTH = 40;
  const MAX_NODES = 200000;
  const isPlain = (value) => {
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype || Array.isArray(value);
  };
  // Written by hand because JSON.stringify fails as a whole on one cycle and calls the page's own toJSON.
  const plain = (value, depth, path, budget) => {
    if (typeof value === "bigint") return String(value);
    if (typeof value === "function" || typeof value === "symbol" || value === undefined) return undefined;
    if (value === null || typeof value !== "object") return value;
    if (depth > MAX_DEPTH || path.has(value) || (budget.nodes -= 1) < 0) return undefined;
    if (value instanceof Date) return Number(value);
    if (value instanceof Map) value = Object.fromEntries(value);
    else if (value instanceof Set) value = [...value];
    else if (value instanceof Node || value instanceof Window) return undefined;
    path.add(value);
    const copy = Object.setPrototypeOf(Array.isArray(value) ? [] : {}, null);
    for (const key of Object.keys(value)) {
      let inner;
      try {
        inner = plain(value[key], depth + 1, path, budget);
      } catch {} // A getter that throws hides nothing but itself.
      if (inner !== undefined && key !== "toJSON") copy[key] = inner;
      else if (Array.isArray(copy)) copy[key] = null;
    }
    path.delete(value);
    return copy;
  };
  // What was there before the page's first script.
  const { native, stringify } = window[Symbol.for("cartwatch")] ?? { native: new Set(), stringify: JSON.stringify };
  const states = Object.create(null);
  let total = 0;
  const keep = (name, isNamed, read = () => window[name]) => {
    try {
      const value = read();
      if (value === null || value === undefined || typeof value === "function") return;
      if (typeof value === "object" && !isNamed && !isPlain(value)) return;
      if (typeof value !== "object" && typeof value !== "string") return;
      const text = stringify(plain(value, 0, new Set(), { nodes: MAX_NODES }));
      if (!text || text.length > MAX_STATE || total + text.length > MAX_TOTAL) return;
      if (!isNamed && !/:\/\/|:\\\/\\\/|"\/\/|%3a%2f%2f/i.test(text)) return;
      total += text.length;
      states[name] = text;
    } catch {}
  };
  for (const name of NAMED) keep(name, true);
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!(name in states) && !native.has(name) && !/^\d+$/.test(name)) keep(name, false);
  }
  for (const [name, read] of Object.entries(lexical)) if (!(name in states)) keep(name, NAMED.includes(name), read);
  return stringify(states);
})
