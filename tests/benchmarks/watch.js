// Milliseconds from a key, a press or a release until the page shows something else: its pictures and all that is inside
// components, or what stands in the elements that were named. To look means to read every picture, which takes time from
// what is measured; so a frame looks only when a picture or a component was touched. Nothing says that a canvas was drawn
// on, so what draws there says it.
(named) => {
  window.unwatch?.(); // whoever watched before does no more
  const inside = () => [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean);
  const isOurs = (e) => !e.closest("[data-testid=stStatusWidget]"); // not Streamlit's own sign that a script runs
  const content = (e) => e.tagName === "CANVAS" ? e.toDataURL() : e.innerHTML;
  const drawn = (root) => [...root.querySelectorAll("svg, canvas")].filter(isOurs).map(content).join("");
  const read = () => named ? [...document.querySelectorAll(named)].map((e) => e.textContent).join("") :
    drawn(document) + inside().map((root) => root.innerHTML + drawn(root)).join("");

  let started = null, seen = window.touches ??= 0;
  const touch = () => { window.touches += 1; };
  const within = (root) => [root, ...root.querySelectorAll("*")];
  const brings = (element) => element.shadowRoot || element.matches("svg, canvas");
  const isDrawn = (node) => (node instanceof Element ? node : node.parentElement) instanceof SVGElement;
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  const components = new MutationObserver(touch);
  const page = new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node instanceof Element).flatMap(within);
    for (const { shadowRoot } of added) if (shadowRoot) components.observe(shadowRoot, all);
    if (named || added.some(brings) || changes.some(({ target }) => isDrawn(target))) touch();
  });
  page.observe(document, all);
  for (const root of inside()) components.observe(root, all);
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ["putImageData", "drawImage", "fill", "stroke", "fillRect", "clearRect"]) {
    context[`plain_${name}`] ??= context[name];
    context[name] = function (...how) { touch(); return this[`plain_${name}`](...how); };
  }

  const before = read();
  const start = () => { started ??= performance.now(); };
  const first = { capture: true, once: true };
  for (const event of ["keydown", "pointerdown", "pointerup"]) document.addEventListener(event, start, first);
  window.answered = new Promise((done, fail) => {
    let frame = 0;
    const timeout = setTimeout(() => fail(new Error("no picture changed within ten seconds")), 10000);
    window.unwatch = () => {
      for (const observer of [page, components]) observer.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(timeout);
    };
    const look = () => {
      const now = performance.now(), isWorthALook = started !== null && window.touches > seen;
      seen = window.touches;
      if (!isWorthALook || read() === before) { frame = requestAnimationFrame(look); return; }
      window.unwatch();
      done(now - started);
    };
    frame = requestAnimationFrame(look);
  });
}
