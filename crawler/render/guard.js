// Runs before any script of any document: windows are reported instead of opened, media is never fetched,
// and shadow roots stay open to the reader.
(() => {
  const tell = globalThis.__cartwatch;
  delete globalThis.__cartwatch;
  // What the browser itself put here, so that script state can be told from it.
  const native = new Set(Object.getOwnPropertyNames(globalThis));
  // And what images a script loads without showing them yet: where no image is loaded, their `onload` never comes.
  const apart = [];
  Object.defineProperty(globalThis, Symbol.for("cartwatch"), { value: { native, stringify: JSON.stringify, apart } });

  // A tab is blank between two pages, and a name is all that a window would keep of the one for the other.
  if (window === top && location.href === "about:blank") window.name = "";

  const report = (url) => {
    try {
      if (tell && url && url !== "about:blank") tell(String(url)).catch(() => {});
    } catch {}
  };
  const absolute = (url) => {
    try {
      return new URL(url, document.baseURI).href;
    } catch {
      return String(url);
    }
  };

  // Many pages open an empty window on the click and give it an address when their server has answered,
  // so the stand-in for the window reports whatever address it is sent to.
  const standIn = () => {
    let href = "about:blank";
    const go = (url) => report((href = absolute(url)));
    const location = {
      assign: go,
      replace: go,
      reload() {},
      toString: () => href,
      get href() {
        return href;
      },
      set href(url) {
        go(url);
      },
    };
    const frame = { closed: false, opener: null, name: "", focus() {}, blur() {}, postMessage() {} };
    frame.close = () => (frame.closed = true);
    frame.document = { open() {}, close() {}, write() {}, writeln() {}, body: null };
    Object.defineProperty(frame, "location", { get: () => location, set: go });
    return frame;
  };
  window.open = function open(url = "") {
    if (url !== "") report(absolute(url));
    return standIn();
  };

  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attachShadow.call(this, { ...init, mode: "open" });
  };

  const MAX_APART = 500;
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    set(url) {
      source.set.call(this, url);
      if (!this.isConnected && apart.length < MAX_APART) apart[apart.length] = this;
    },
  });

  // Streams cost more than the whole rest of a live page and carry no link.
  delete globalThis.MediaSource;
  delete globalThis.ManagedMediaSource;
  delete globalThis.WebKitMediaSource;
  const media = HTMLMediaElement.prototype;
  const quieten = (element) => {
    element.preload = "none";
    element.autoplay = false;
  };
  media.play = () => new Promise(() => {});
  media.load = () => {};
  const src = Object.getOwnPropertyDescriptor(media, "src");
  Object.defineProperty(media, "src", {
    ...src,
    set(url) {
      quieten(this);
      src.set.call(this, url);
    },
  });
  const parsed = new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node instanceof HTMLMediaElement) quieten(node);
        else if (node instanceof HTMLSourceElement && node.parentNode instanceof HTMLMediaElement) quieten(node.parentNode);
      }
    }
  });
  parsed.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => parsed.disconnect(), { once: true });
})();
