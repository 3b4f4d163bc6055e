// What every component uses: elements, dragging by pointer, keys, axes, paths. No state of its own.
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

// Make an HTML element inside a parent.
function html(parent, tag, className = "", text = "") {
  const element = document.createElement(tag);
  Object.assign(element, { className, textContent: text });
  return parent.appendChild(element);
}

// Write the read-out, a span for each part; what has not changed is left alone.
function say(read, parts) {
  while (read.children.length > parts.length) read.lastChild.remove();
  parts.forEach((part, i) => {
    const span = read.children[i] ?? html(read, "span");
    if (span.textContent !== part) span.textContent = part;
  });
}

// A box that scrolls sideways: an edge beyond which there is more fades out.
function sideways(box) {
  const fade = () => {
    const left = box.scrollLeft > 1, right = box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
    box.style.maskImage = !left && !right ? "" :
      `linear-gradient(90deg, ${left ? "transparent" : "black"}, black 32px calc(100% - 32px), ${right ? "transparent" : "black"})`;
  };
  box.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(box);
  return box;
}

// The ball that a hand takes, and a slider to the keyboard.
function grip(surface, fill, attributes) {
  const handle = svg(surface, "g", { class: "hand", tabindex: 0, role: "slider", ...attributes });
  svg(handle, "circle", { r: 24, class: "reach" });
  svg(handle, "circle", { r: 10, class: "ball", fill });
  return handle;
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
    if (event.button > 0) return; // the right button opens a menu
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

// Arrow keys move by one step, with Shift by ten, Home and End as far as it goes: onStep(dx, dy), and onEnd() once no
// key has followed for a moment, for an answer to the first of several would take the others back.
const MOMENT = 150;  // milliseconds
function steerable(handle, onStep, onEnd) {
  let waiting = 0;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [-Infinity, 0], End: [Infinity, 0] };
  handle.onkeydown = (event) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    clearTimeout(waiting);
    const size = event.shiftKey ? 10 : 1;
    onStep(arrow[0] * size, arrow[1] * size);
  };
  handle.onkeyup = (event) => {
    if (!arrows[event.key]) return;
    clearTimeout(waiting);
    waiting = setTimeout(onEnd, MOMENT);
  };
}

// Linear map between intervals; `scale(a, b, c, d)(a) === c`.
const scale = (from0, from1, to0, to1) => (value) => to0 + ((value - from0) * (to1 - to0)) / (from1 - from0);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const short = (value, digits = 3) => {  // −0.25, 2.1 · 10⁻¹⁶
  const rounded = Number(value.toPrecision(digits)), text = Math.abs(rounded) < 1e7 ? rounded.toString() : rounded.toExponential();
  const [mantissa, power] = text.replaceAll("-", "−").split("e");
  const raised = power?.replace("+", "").replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["−0123456789".indexOf(sign)]);
  return raised ? `${mantissa} · 10${raised}` : mantissa;
};

// The sign before numbers: =, or ≈ where so few digits round one of them; a table holds seven.
const sign = (digits, ...values) =>
  values.every((value) => Number(value.toPrecision(digits)) === Number(value.toPrecision(7))) ? "=" : "≈";
const equals = (value, digits = 4) => `${sign(digits, value)} ${short(value, digits)}`;

const fixed = (value, digits = 3) => {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) ? "−" : "") + text;
};

// The index in an ascending table whose value is closest.
function nearest(values, value) {
  let low = 0, high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle; else high = middle;
  }
  return value - values[low] <= values[high] - value ? low : high;
}

// Round numbers from low to high, about as many as asked for.
function ticks(low, high, about) {
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.75);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// Grid, tick labels and titles around a plot with corners (left, top) and (right, bottom); returns its two scales.
function axes(surface, x, y, { left, top, right, bottom }) {
  const sx = scale(...x.range, left, right), sy = scale(...y.range, bottom, top);
  const label = (at, text) => svg(surface, "text", { class: "tick", ...at }, text);
  for (const tick of ticks(...x.range, clamp((right - left) / 80, 4, 12))) {
    svg(surface, "line", { class: "grid", x1: sx(tick), x2: sx(tick), y1: top, y2: bottom });
    label({ x: sx(tick), y: bottom + 17, "text-anchor": "middle" }, short(tick, 4));
  }
  for (const tick of ticks(...y.range, 5)) {
    svg(surface, "line", { class: "grid", x1: left, x2: right, y1: sy(tick), y2: sy(tick) });
    label({ x: left - 8, y: sy(tick) + 4, "text-anchor": "end" }, short(tick, 4));
  }
  const across = { x: (left + right) / 2, y: bottom + 38, "text-anchor": "middle" }, middle = (top + bottom) / 2;
  svg(surface, "text", across, x.label);
  const turn = `translate(${left - 45} ${middle}) rotate(-90)`;
  svg(surface, "text", { "text-anchor": "middle", transform: turn }, y.label);
  return [sx, sy];
}

// A group that is cut off at the edges of a box.
function clipped(surface, { left, top, right, bottom }) {
  const id = `clip${Math.random().toString(36).slice(2)}`;
  svg(svg(surface, "clipPath", { id }), "rect", { x: left, y: top, width: right - left, height: bottom - top });
  return svg(surface, "g", { "clip-path": `url(#${id})` });
}

// A path through the points of a table under two scales, with a gap where a number is missing.
function polyline(xs, ys, sx, sy) {
  let pen = "M", d = "";
  xs.forEach((x, i) => {
    if (x === null || ys[i] === null) { pen = "M"; return; }
    d += `${pen}${clamp(sx(x), -9e3, 9e3).toFixed(1)} ${clamp(sy(ys[i]), -9e3, 9e3).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

// The points of a line in stairs, which leaves a height where `turn` says between two x.
const TURNS = { hv: (from, to) => to, hvh: (from, to) => (from + to) / 2 };
const stairs = (xs, ys, turn) => [
  xs.flatMap((x, i) => (i ? [turn(xs[i - 1], x), turn(xs[i - 1], x), x] : [x])),
  ys.flatMap((y, i) => (i ? [ys[i - 1], y, y] : [y])),
];

// The points of such a path alone, each a line of no length.
const stops = (d) => d.replace(/[ML]([^ML]+)/g, "M$1h0");

// A smooth line through points, level at each of them.
function swung(points) {
  return points.slice(1).reduce((d, [x1, y1], k) => {
    const [x0, y0] = points[k], middle = (x0 + x1) / 2;
    return `${d}C${middle},${y0} ${middle},${y1} ${x1},${y1}`;
  }, `M${points[0]}`);
}

// The function by which Streamlit mounts a component: one object of a class in each stage takes what Python sends.
const mounted = (Kind) => (component) => {
  const stage = component.parentElement.querySelector(".stage");
  (stage.drawing ??= new Kind(stage)).take(component);
  return () => stage.drawing.close();
};
