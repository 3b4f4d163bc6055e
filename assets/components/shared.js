// What every component uses: SVG elements, dragging by pointer, keys. No state of its own.
const SVG = "http://www.w3.org/2000/svg";

// Make an SVG element with attributes inside a parent.
function svg(parent, tag, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  if (text !== null) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

// Call onMove(x, y) in viewBox units at most once a frame while the pointer is down, onEnd() on release.
function draggable(surface, handle, onMove, onEnd) {
  let frame = 0, last = null;
  const local = (event) => {
    const matrix = surface.getScreenCTM().inverse();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [point.x, point.y];
  };
  handle.onpointerdown = (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => {
      last = local(move);
      if (!frame) frame = requestAnimationFrame(() => { frame = 0; onMove(...last); });
    };
    handle.onpointerup = handle.onpointercancel = () => {
      handle.onpointermove = handle.onpointerup = handle.onpointercancel = null;
      if (frame) { cancelAnimationFrame(frame); frame = 0; onMove(...last); }
      onEnd();
    };
    event.preventDefault();
    handle.focus?.();
  };
}

// Arrow keys move by one step, with Shift by ten: onStep(dx, dy), then onEnd() once the key is released.
function steerable(handle, onStep, onEnd) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  handle.onkeydown = (event) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    onStep(arrow[0] * size, arrow[1] * size);
  };
  handle.onkeyup = (event) => { if (arrows[event.key]) onEnd(); };
}

// Linear map between intervals; `scale(a, b, c, d)(a) === c`.
const scale = (from0, from1, to0, to1) => (value) => to0 + ((value - from0) * (to1 - to0)) / (from1 - from0);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const short = (value, digits = 3) => Number(value.toPrecision(digits)).toString().replace("-", "−");
