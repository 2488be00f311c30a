// Runs in an isolated world of the main document, as a part of page.js: what the page shows in pictures. `pictures` comes
// last of all: it unfolds what scrolls, and leaves the page as it then is.
(({ all, sleep, memory }) => {
  const ADDRESS = /^(?:https?:)?\/\/|\.(?:png|jpe?g|gif|webp|avif|bmp|svg)\b/i;
  const LAZY = /^data-.*(?:src|original|lazy|img|pic|bg|background)/;
  const MAX_ELEMENTS = 10000;
  const MAX_DATA = 16 * 1024 * 1024; // Characters of canvases and blobs together.
  const TINY_PX = 20;
  const MANY_TINY = 150; // The smallest code has 441 modules, of which neighbours may be drawn as one.
  const MANY_BLOCKS = 100; // Codes are written with block characters too.
  const MANY_LAYERS = 20; // And with gradients or shadows.
  const END_PX = 4;
  const IMAGES = "img, image, input[type=image], video[poster]";

  const absolute = (address) => {
    try {
      return new URL(address, document.baseURI).href;
    } catch {
      return "";
    }
  };
  const candidates = (srcset) => [...srcset.matchAll(/[\s,]*(\S*[^\s,])(?:\s+[^,]+)?(?:,|$)/g)].map(([, address]) => address);
  /** All that an element may show, as it is written: with images off the browser has not chosen any of its sources. */
  const namesOf = (element) => {
    const found = element.currentSrc ? [element.currentSrc] : [];
    for (const { name, value } of element.attributes) {
      if (/^(?:src|poster|href|xlink:href)$/.test(name)) found.push(value);
      else if (name === "srcset") found.push(...candidates(value));
      else if (LAZY.test(name) && ADDRESS.test(value)) found.push(...(name.endsWith("srcset") ? candidates(value) : [value]));
    }
    if (element.parentNode instanceof HTMLPictureElement) {
      for (const source of all("source", element.parentNode)) found.push(...candidates(source.srcset || source.dataset.srcset || ""));
    }
    return found.filter((address) => address.trim());
  };
  const sourcesOf = (element) => namesOf(element).map(absolute);
  const boxOf = (element) => Element.prototype.getBoundingClientRect.call(element);
  const placeOf = (element) => {
    const { x, y, width, height } = boxOf(element);
    return { x: x + scrollX, y: y + scrollY, width, height };
  };
  const isLarge = ({ width, height }, least) => Math.min(width, height) >= least;
  /** Whether an image is too small for a code. One that has no size of its own yet may be of any. */
  const isSmall = (element, least) => {
    const styles = element.computedStyleMap();
    const box = boxOf(element);
    return ["width", "height"].some((side) => {
      const { unit, value } = styles.get(side);
      return unit === "px" ? Math.max(value, box[side]) < least : unit === "percent" && box[side] > 0 && box[side] < least;
    });
  };

  // --- where to look ----------------------------------------------------------------------------------------

  /** An element and all in it, in the shadow trees too. */
  const deep = (root) =>
    [root, ...all("*", root)].flatMap((element) => [element, ...(element.shadowRoot ? [...element.shadowRoot.children].flatMap(deep) : [])]);
  /** Every product area, none within another. */
  const areasOf = (spec) => {
    const areas = all(spec.product_area.join(","));
    return areas.filter((area) => !areas.some((other) => other !== area && other.contains(area)));
  };
  /** Lets all that scrolls inside show all that it holds. */
  const unfold = (elements) => {
    for (const element of elements) {
      const isFolded = element.scrollHeight > element.clientHeight + END_PX;
      if (!isFolded || !/auto|scroll|hidden|overlay/.test(getComputedStyle(element).overflowY)) continue;
      for (const [name, value] of [["overflow", "visible"], ["height", "auto"], ["max-height", "none"]]) {
        element.style?.setProperty(name, value, "important");
      }
    }
  };
  /** Waits for images that the browser loads. Gives how many have not come by then. */
  const loaded = async (elements, budget) => {
    const images = elements.filter((element) => element instanceof HTMLImageElement);
    for (const image of images) image.loading = "eager";
    await Promise.race([Promise.all(images.map((image) => image.decode().catch(() => {}))), sleep(budget)]);
    return images.filter((image) => !image.complete).length;
  };

  // --- what is shown ----------------------------------------------------------------------------------------

  /** The pixels of a canvas as an address; "" where they cannot be read, or are as empty as they were made. */
  const pixelsOf = (canvas) => {
    try {
      const pixels = canvas.toDataURL("image/png");
      const empty = document.createElement("canvas");
      [empty.width, empty.height] = [canvas.width, canvas.height];
      return pixels === empty.toDataURL("image/png") ? "" : pixels;
    } catch {
      return ""; // It holds foreign pixels.
    }
  };
  const readBlob = async (address) => {
    try {
      const reader = new FileReader();
      const read = new Promise((resolve, reject) => ([reader.onload, reader.onerror] = [resolve, reject]));
      reader.readAsDataURL(await (await fetch(address)).blob());
      await read;
      return reader.result;
    } catch {
      return "";
    }
  };
  const addressesIn = (styles) => [...styles.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)].map(([, address]) => address.replace(/\\(.)/g, "$1"));
  /** What the styles of an element show: addresses of pictures, and how many layers of colour it is drawn with. */
  const styleOf = (element, isLargeEnough) => {
    const urls = [];
    let layers = 0;
    for (const part of ["", "::before", "::after"]) {
      const style = getComputedStyle(element, part || null);
      if (part && style.content === "none") continue;
      const images = part || isLargeEnough ? [style.backgroundImage, style.maskImage, style.borderImageSource] : [];
      const shown = [...images, style.content, style.listStyleImage].join(" ");
      if (shown.includes("url(")) urls.push(...addressesIn(shown));
      layers = Math.max(layers, shown.split("gradient(").length, style.boxShadow.split("px,").length);
    }
    return { urls, layers };
  };
  /** Pictures that styles show, and the places where something is drawn without a file. */
  const styled = (elements, least) => {
    const listed = [];
    const drawn = new Set();
    const tiny = new Map();
    for (const element of elements) {
      const place = placeOf(element);
      const isLargeEnough = isLarge(place, least);
      const { urls, layers } = styleOf(element, isLargeEnough);
      for (const url of urls) listed.push({ ...place, url });
      if (layers > MANY_LAYERS) drawn.add(isLargeEnough ? element : (element.parentElement ?? element));
      if (isLargeEnough && element instanceof SVGSVGElement) drawn.add(element);
      if (!element.firstChild && place.width > 0 && place.width <= TINY_PX && place.height <= TINY_PX) {
        for (const holder of [element.parentElement, element.parentElement?.parentElement]) tiny.set(holder, (tiny.get(holder) ?? 0) + 1);
      }
    }
    for (const [holder, count] of tiny) if (holder && count >= MANY_TINY) drawn.add(holder);
    return { listed, drawn: [...drawn] };
  };
  const writtenInBlocks = (elements) =>
    elements.filter((element) => {
      const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
      return (texts.join("").match(/[\u2580-\u259f\u25a0\u25a1]/g) ?? []).length >= MANY_BLOCKS;
    });

  /** Every picture that may hold a code, places drawn without a file, and in words what cannot be read so. */
  const pictures = async (spec) => {
    const areas = areasOf(spec);
    const elements = (areas.length ? areas : [document.documentElement]).flatMap(deep).slice(0, MAX_ELEMENTS + 1);
    const late = spec.has_images ? await loaded(elements, spec.budget_ms) : 0;
    unfold(elements);
    const opaque = late ? [`${late} images that did not come in time`] : [];
    const hide = (what) => spec.has_images || opaque.push(what); // With images on, the screenshot shows it.
    if (elements.length > MAX_ELEMENTS) opaque.push("more elements than are looked at");
    const matching = (selector) => elements.filter((element) => Element.prototype.matches.call(element, selector));
    const large = (selector) => matching(selector).filter((element) => isLarge(placeOf(element), spec.min_px));
    const { listed, drawn } = styled(elements, spec.min_px);
    for (const element of matching(IMAGES)) {
      if (isSmall(element, spec.min_px)) continue;
      // What is in the markup itself is read there.
      const visible = Element.prototype.checkVisibility.call(element, { opacityProperty: true, visibilityProperty: true });
      for (const url of sourcesOf(element)) if (!url.startsWith("data:")) listed.push({ ...placeOf(element), url, visible });
    }
    for (const [url, place] of memory.shown) listed.push({ ...place, url });
    let data = 0;
    const keep = (url, place, what) => {
      if (url && (data += url.length) <= MAX_DATA) listed.push({ ...place, url });
      else hide(what);
    };
    const canvases = large("canvas");
    for (const canvas of canvases) keep(pixelsOf(canvas), placeOf(canvas), "a canvas that is empty as long as no image is loaded");
    for (const blob of listed.filter(({ url }) => url.startsWith("blob:"))) keep(await readBlob(blob.url), blob, "a blob that is gone");
    for (const frame of large("iframe, object, embed")) hide(`a frame: ${frame.src || frame.data}`);
    const known = new Set();
    const distinct = listed.filter(({ url }) => /^(?:https?|data):/.test(url) && url !== location.href && !known.has(url) && known.add(url));
    if (distinct.length > spec.max_pictures) opaque.push("more pictures than are read");
    return JSON.stringify({
      url: location.href,
      pictures: distinct.slice(0, spec.max_pictures),
      canvases: canvases.length,
      areas: areas.map(placeOf).filter(({ width, height }) => width && height),
      drawn: [...drawn, ...writtenInBlocks(elements)].map(placeOf).filter(({ width, height }) => width && height),
      opaque: areas.length ? opaque : [],
    });
  };

  const goTo = ({ top }) => scrollTo({ top, behavior: "instant" });

  return { namesOf, sourcesOf, placeOf, pictures, goTo };
})
