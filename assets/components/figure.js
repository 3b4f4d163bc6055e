// A figure of lines, dots, bars and maps on axes, in a few milliseconds where Plotly takes tens. Python sends it in the words
// of plotly.js, core/figures/figure.py; what this draws of them, pages/ui/charts.py says.
const REACH = 40; // pixels from a point at which the pointer finds it
const DASHES = { dash: "8 6", dot: "2 5", dashdot: "8 5 2 5" };
const ANCHORS = { left: "end", right: "start", center: "middle" };

// A pair of axes with what stands on them.
class Panel {
  constructor(number, layout, traces) {
    Object.assign(this, { number, traces });
    this.settings = { x: layout[`xaxis${number}`] ?? {}, y: layout[`yaxis${number}`] ?? {} };
    this.lines = (layout.shapes ?? []).filter((shape) => shape.xref === `x${number}`);
  }

  // Find the axes for the traces that are seen, and the room that the upright one's numbers need.
  fit(hidden, height) {
    this.seen = this.traces.filter((trace) => !hidden.has(trace.group));
    const all = (way) => this.seen.flatMap((trace) => trace[way]), dots = this.seen.some((trace) => trace.mode?.includes("markers"));
    this.x = new Axis(this.settings.x, all("x"), dots ? 0.05 : 0);
    this.y = new Axis(this.settings.y, all("y"), 0.06);
    this.upright = this.y.ticks(clamp(height * this.part("y") / 50, 3, 7));
    const title = this.settings.y.title ? 24 : 0;
    this.room = title + 14 + (this.settings.y.showticklabels === false ? 0 : 7 * Math.max(...this.upright.map(([, text]) => text.length)));
  }

  part(way) { const [from, to] = this.domain(way); return to - from; }
  domain(way) { return this.settings[way].domain ?? [0, 1]; }

  place({ left, top, right, bottom }) {
    const along = scale(0, 1, left, right), up = scale(0, 1, bottom, top);
    this.x.span(...this.domain("x").map(along));
    this.y.span(...this.domain("y").map(up));
    this.box = { left: this.x.from, right: this.x.to, top: this.y.to, bottom: this.y.from };
  }

  frame(surface) {
    const { left, right, top, bottom } = this.box, { x, y } = this.settings;
    const text = (at, words, kind) => svg(surface, "text", { ...at, class: kind }, words);
    for (const [value, words] of this.x.ticks(clamp((right - left) / 60, 3, 10))) {
      const at = this.x.at(value);
      if (!this.x.names && x.showgrid !== false) svg(surface, "line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom });
      if (x.showticklabels !== false) text({ x: at, y: bottom + 17, "text-anchor": "middle" }, words, "tick");
    }
    for (const [value, words] of y.showticklabels === false ? [] : this.upright) {
      const at = this.y.at(value);
      svg(surface, "line", { class: "grid", x1: left, x2: right, y1: at, y2: at });
      text({ x: left - 8, y: at + 4, "text-anchor": "end" }, words, "tick");
    }
    if (x.title) text({ x: (left + right) / 2, y: bottom + 37, "text-anchor": "middle" }, x.title.text, "title");
    const turned = `translate(${left - this.room + 14} ${(top + bottom) / 2}) rotate(-90)`;
    if (y.title) text({ transform: turned, "text-anchor": "middle" }, y.title.text, "title");
  }

  draw(surface) {
    this.frame(surface);
    const inside = clipped(surface, this.box), over = svg(surface, "g");
    for (const trace of this.seen) if (trace.type === "heatmap") cells(inside, trace, this.box);
    for (const { x0, line } of this.lines) {
      const at = this.x.at(x0), dash = DASHES[line.dash] ?? "none";
      svg(inside, "line", { x1: at, x2: at, y1: this.box.top, y2: this.box.bottom, stroke: line.color, "stroke-width": 2, "stroke-dasharray": dash });
    }
    for (const trace of this.seen) {
      if (trace.type === "bar") this.bars(over, trace);
      if (trace.type === "scatter") this.scatter(inside, over, trace);
    }
  }

  bars(over, trace) {
    const half = 0.36 * (this.box.right - this.box.left) / this.x.names.length, taken = [];
    this.points(trace).forEach(([x, y], i) => {
      svg(over, "rect", { x: x - half, y, width: 2 * half, height: Math.max(this.y.at(0) - y, 0), fill: trace.marker.color });
      raise(svg(over, "text", { x, y: y - 6, "text-anchor": "middle" }, trace.text[i]), taken);
    });
  }

  scatter(inside, over, trace) {
    const { mode = "lines", marker = {}, line = {} } = trace, stroke = hue(trace), dash = DASHES[line.dash] ?? "none";
    const y = this.y.isLog ? trace.y.map((value) => (value > 0 ? value : null)) : trace.y;
    const d = mode.includes("lines") && polyline(...(line.shape in TURNS ? stairs(trace.x, y, TURNS[line.shape]) : [trace.x, y]), this.x.at, this.y.at);
    if (d && trace.fill) svg(inside, "path", { d: `${d}V${this.y.at(0)}H${this.x.at(trace.x[0])}Z`, class: "area", fill: stroke });
    if (d) svg(inside, "path", { d, class: "line", stroke, "stroke-width": line.width ?? 2, "stroke-dasharray": dash });
    if (!mode.includes("markers")) return;
    const [side, end] = (trace.textposition ?? "top center").split(" ");
    this.points(trace).forEach(([cx, cy], i) => {
      if (cx === null) return;
      const size = marker.size?.[i] ?? marker.size ?? 6;
      svg(over, "circle", { cx, cy, r: size / 2, fill: stroke });
      if (trace.text) svg(over, "text", { x: cx + { left: -5, right: 5 }[end], y: cy + (side === "top" ? -8 : 18), "text-anchor": ANCHORS[end] }, trace.text[i]);
    });
  }

  // Where the values of a trace are, [null, null] for one that is outside.
  points(trace) {
    const { left, right, top, bottom } = this.box;
    return trace.x.map((value, i) => {
      const x = this.x.at(value), y = trace.y[i] === null ? NaN : this.y.at(trace.y[i]);
      return x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1 ? [x, y] : [null, null];
    });
  }
}

const hue = ({ marker, line }) => marker?.color ?? line?.color;

class Figure {
  constructor(stage) {
    this.legend = html(stage, "div", "figure-legend");
    this.plot = html(stage, "div", "figure-plot");
    this.svg = svg(this.plot, "svg", { role: "img" });
    this.word = html(this.plot, "div", "figure-word");
    this.hidden = new Set(); // groups of traces that the reader has switched off
    this.svg.onpointermove = (event) => { this.pointer = [event.offsetX, event.offsetY]; this.point(); };
    this.svg.onpointerleave = () => { this.pointer = null; this.point(); };
    this.observer = new ResizeObserver(() => this.panels && this.width !== this.svg.clientWidth && this.draw());
    this.observer.observe(stage);
  }

  close() { this.observer.disconnect(); }

  take({ data: { traces, layout, alt } }) {
    const read = (trace) => {
      const full = trace.z ? spread(trace) : trace, y = numbers(full.y), x = full.x ? numbers(full.x) : y.map((_, i) => i);
      return { ...full, x, y, customdata: numbers(trace.customdata), group: trace.legendgroup ?? trace.name, on: trace.yaxis?.slice(1) ?? "" };
    };
    const all = traces.map(read), places = [...new Set(all.map((trace) => trace.on))];
    this.panels = places.map((number) => new Panel(number, layout, all.filter((trace) => trace.on === number)));
    this.layout = layout;
    if (layout.legend?.y < 0 && this.legend.previousSibling !== this.plot) this.plot.after(this.legend);
    this.named = layout.showlegend === false || all.length < 2 ? [] : all.filter((trace) => trace.name && trace.showlegend !== false);
    this.svg.setAttribute("aria-label", alt);
    this.draw();
  }

  draw() {
    this.entries();
    const { layout: { height, margin, annotations: titles = [] }, svg: surface, panels } = this;
    const width = (this.width = surface.clientWidth || 600), top = titles.length ? 28 : 10, inner = height - margin.t - margin.b;
    for (const panel of panels) panel.fit(this.hidden, inner);
    const left = Math.max(...panels.map((panel) => (panel.domain("x")[0] > 0 ? 0 : panel.room)));
    const box = { left, top, right: width - margin.r, bottom: top + inner };
    const full = box.bottom + (panels.some(({ settings }) => settings.x.title) ? 46 : 24);
    set(surface, { viewBox: `0 0 ${width} ${full}`, height: full });
    surface.replaceChildren();
    for (const panel of panels) { panel.place(box); panel.draw(surface); }
    for (const { x, y, xref, text } of titles)
      svg(surface, "text", { x: xref === "x" ? panels[0].x.at(x) : scale(0, 1, left, box.right)(x), y: scale(0, 1, box.bottom, top)(y) - 9, class: "head" }, text);
    this.point();
  }

  // The legend: a button for each group of traces, which shows and hides it.
  entries() {
    while (this.legend.children.length > this.named.length) this.legend.lastChild.remove();
    this.named.forEach((trace, i) => {
      const button = this.legend.children[i] ?? html(this.legend, "button");
      if (button.textContent !== trace.name) button.textContent = trace.name;
      Object.assign(button, { type: "button", className: trace.mode === "markers" ? "dots" : trace.line?.dash ?? "solid" });
      button.style.setProperty("--colour", hue(trace));
      button.setAttribute("aria-pressed", !this.hidden.has(trace.group));
      button.onclick = () => {
        if (!this.hidden.delete(trace.group)) this.hidden.add(trace.group);
        this.draw();
      };
    });
  }

  // Say what the point nearest to the pointer stands for.
  point() {
    const found = this.pointer && this.nearest(...this.pointer);
    this.word.hidden = !found;
    if (!found) return;
    const words = told(found.trace, found.i);
    if (this.word.textContent !== words) this.word.textContent = words;
    const left = clamp(found.at[0] - this.word.offsetWidth / 2, 0, this.width - this.word.offsetWidth);
    this.word.style.transform = `translate(${left}px, ${found.at[1] < 40 ? found.at[1] + 12 : found.at[1] - 40}px)`;
  }

  nearest(px, py) {
    let best = null, least = REACH;
    for (const panel of this.panels) for (const trace of panel.seen) {
      if (trace.hoverinfo === "skip") continue;
      panel.points(trace).forEach((at, i) => {
        const far = at[0] === null ? Infinity : Math.hypot(at[0] - px, trace.type === "bar" && py > at[1] ? 0 : at[1] - py);
        if (far < least) [best, least] = [{ trace, i, at }, far];
      });
    }
    return best;
  }
}

// What a trace's template says of its point i, its name in front if that is to be said.
function told(trace, i) {
  const { name, hovertemplate = "%{x}, %{y}<extra>%{fullData.name}</extra>" } = trace;
  const values = { x: trace.x[i], y: trace.y[i], z: trace.z?.[i], customdata: trace.customdata[i], "fullData.name": name };
  const [words, extra = name] = hovertemplate.replaceAll("<br>", ", ").replace("</extra>", "").split("<extra>")
    .map((part) => part.replace(/%\{([\w.]+):?([^}]*)\}/g, (_, key, format) => written(values[key], format || undefined)));
  return extra ? `${extra}: ${words}` : words;
}

export default mounted(Figure);
