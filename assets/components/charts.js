// Charts of lines that grow while they are watched; Python sends them as JSON in bytes (pages/ui/live_charts.py).
const EDGE = { left: 48, right: 12, top: 8, bottom: 42, height: 254 };
const REACH = 40; // pixels from a point at which the pointer finds it

class Chart {
  constructor(parent) {
    this.root = html(parent, "div", "chart");
    const head = html(this.root, "div", "chart-head");
    this.title = html(head, "b");
    this.legend = html(head, "div", "chart-legend");
    this.svg = svg(this.root, "svg", { class: "chart", role: "img", height: EDGE.height });
    this.word = html(this.root, "div", "chart-word");
    this.hidden = new Set(); // names of lines that the reader has switched off
    this.svg.onpointermove = (event) => { this.pointer = [event.offsetX, event.offsetY]; this.point(); };
    this.svg.onpointerleave = () => { this.pointer = null; this.point(); };
  }

  take(told, palette) {
    Object.assign(this, { told, palette });
    this.title.textContent = told.title;
    this.svg.setAttribute("aria-label", told.alt);
    told.lines.forEach((line, index) => this.entry(line, index));
    this.draw();
  }

  // A line's name in the legend, a button that shows and hides it.
  entry({ name, colour, dots }, index) {
    const button = this.legend.children[index] ?? html(this.legend, "button");
    if (button.textContent !== name) button.textContent = name;
    button.type = "button";
    button.className = dots ? "dotted" : "";
    button.style.setProperty("--colour", this.palette[colour]);
    button.setAttribute("aria-pressed", !this.hidden.has(name));
    button.onclick = () => {
      if (!this.hidden.delete(name)) this.hidden.add(name);
      this.entry({ name, colour, dots }, index);
      this.draw();
    };
  }

  draw() {
    const { told, svg: surface, palette } = this, width = (this.width = surface.clientWidth || 400);
    const box = { left: EDGE.left, top: EDGE.top, right: width - EDGE.right, bottom: EDGE.height - EDGE.bottom };
    surface.setAttribute("viewBox", `0 0 ${width} ${EDGE.height}`);
    surface.replaceChildren();
    const upright = scale(...told.range, box.bottom, box.top);
    this.sx = scale(0, told.last, box.left, box.right);
    this.sy = told.log ? (y) => upright(Math.log10(Math.max(y, 1e-300))) : upright;
    this.frame(box, upright);
    const group = clipped(surface, { ...box, left: 0, right: width, top: 0, bottom: box.bottom + 6 });
    for (const { name, colour, dots, x, y } of told.lines) {
      if (this.hidden.has(name)) continue;
      const stroke = palette[colour], d = polyline(x, y, this.sx, this.sy);
      svg(group, "path", { class: dots ? "line between" : "line", stroke, d });
      if (dots) svg(group, "path", { class: "stops", stroke, d: stops(d) });
    }
    this.mark = svg(surface, "circle", { class: "mark", r: 5, visibility: "hidden" });
    this.point();
  }

  // Grid and numbers.
  frame({ left, top, right, bottom }, upright) {
    const { told, svg: surface } = this;
    const number = (at, text) => svg(surface, "text", { class: "tick", ...at }, text);
    for (const tick of ticks(0, told.last, clamp((right - left) / 80, 3, 10)))
      number({ x: this.sx(tick), y: bottom + 17, "text-anchor": "middle" }, short(tick, 4));
    for (const tick of told.log ? decades(...told.range) : ticks(...told.range, 5)) {
      svg(surface, "line", { class: "grid", x1: left, x2: right, y1: upright(tick), y2: upright(tick) });
      number({ x: left - 8, y: upright(tick) + 4, "text-anchor": "end" }, told.log ? power(tick) : this.value(tick));
    }
    svg(surface, "text", { x: (left + right) / 2, y: bottom + 37, "text-anchor": "middle" }, told.label);
  }

  value(y) { return this.told.percent ? `${Number((100 * y).toPrecision(4))}%` : short(y, 4); }

  // Say which numbers the point nearest to the pointer stands for.
  point() {
    const found = this.pointer && this.nearest(...this.pointer);
    this.word.hidden = !found;
    this.mark.setAttribute("visibility", found ? "visible" : "hidden");
    if (!found) return;
    const { line, x, y, at } = found, text = `${line.name}: ${this.value(y)}, ${this.told.label} ${short(x, 4)}`;
    set(this.mark, { cx: at[0], cy: at[1], fill: this.palette[line.colour] });
    if (this.word.textContent !== text) this.word.textContent = text;
    const left = clamp(at[0] - this.word.offsetWidth / 2, 0, this.width - this.word.offsetWidth);
    const head = this.legend.parentElement.offsetHeight, top = head + (at[1] < 40 ? at[1] + 12 : at[1] - 40);
    this.word.style.transform = `translate(${left}px, ${top}px)`;
  }

  nearest(px, py) {
    let best = null, least = REACH;
    for (const line of this.told.lines) {
      if (this.hidden.has(line.name)) continue;
      line.x.forEach((x, i) => {
        const at = [this.sx(x), this.sy(line.y[i])], far = Math.hypot(at[0] - px, at[1] - py);
        if (far < least) [best, least] = [{ line, x, y: line.y[i], at }, far];
      });
    }
    return best;
  }
}

class Charts {
  constructor(stage) {
    stage.classList.add("charts");
    this.stage = stage;
    this.all = [];
    this.observer = new ResizeObserver(() => this.all.forEach((c) => c.width !== c.svg.clientWidth && c.draw()));
    this.observer.observe(stage);
  }

  take(data) {
    const { charts, palette } = JSON.parse(new TextDecoder().decode(data));
    charts.forEach((told, index) => (this.all[index] ??= new Chart(this.stage)).take(told, palette));
  }
}

// Powers of ten on a logarithmic axis, at most eight.
function decades(low, high) {
  const first = Math.ceil(low), every = Math.ceil((high - first + 1) / 8);
  return Array.from({ length: Math.floor((high - first) / every) + 1 }, (_, i) => first + i * every);
}

const power = (exponent) => (Math.abs(exponent) < 5 ? `${Number(`1e${exponent}`)}` :
  `10${`${exponent}`.replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])}`);

export default function charts({ data, parentElement }) {
  const stage = parentElement.querySelector(".stage");
  stage.charts ??= new Charts(stage);
  stage.charts.take(data);
  return () => stage.charts.observer.disconnect();
}
