// Points with two best lines; one point moves up and down, and both lines follow along tables that Python fitted.
// data: x, y, ends (of the x axis), outlier, heights, lines: [{ name, colour, dash, slope[], intercept[] }], height (where the point is), labels, alt.
const TALL = 420, EDGE = { left: 46, right: 16, top: 14, bottom: 34 };

class Outlier extends Drawing {
  constructor(stage) { super(stage, { height: TALL }); }

  begin() { return nearest(this.data.heights, this.data.height); }

  build(width) {
    const { data, svg: surface } = this, { palette } = data;
    set(surface, { viewBox: `0 0 ${width} ${TALL}`, "aria-label": data.alt });
    const ends = (this.ends = data.ends);
    this.sx = scale(...ends, EDGE.left, width - EDGE.right);
    this.sy = scale(data.heights[0], data.heights.at(-1), TALL - EDGE.bottom, EDGE.top);
    for (const y of ticks(data.heights[0], data.heights.at(-1), 8)) {
      svg(surface, "line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: this.sy(y), y2: this.sy(y) });
      svg(surface, "text", { class: "tick", x: EDGE.left - 8, y: this.sy(y) + 4, "text-anchor": "end" }, short(y));
    }
    for (const x of ticks(...ends, 10))
      svg(surface, "text", { class: "tick", x: this.sx(x), y: TALL - EDGE.bottom + 18, "text-anchor": "middle" }, short(x));
    this.lines = data.lines.map(({ colour, dash }) =>
      svg(surface, "line", { class: "fit", stroke: palette[colour], "stroke-dasharray": dash ? "9 6" : "none" }));
    data.x.forEach((x, i) => {
      if (i !== data.outlier) svg(surface, "circle", { cx: this.sx(x), cy: this.sy(data.y[i]), r: 6, fill: palette.train });
    });
    this.handle();
  }

  handle() {
    const { data } = this, low = data.heights[0], high = data.heights.at(-1);
    const name = { "aria-label": data.label, "aria-orientation": "vertical", "aria-valuemin": low, "aria-valuemax": high };
    this.hand = grip(this.svg, data.palette.accent, name);
    const back = scale(TALL - EDGE.bottom, EDGE.top, low, high);
    const last = data.heights.length - 1, end = () => this.release("height", data.heights[this.at]);
    draggable(this.svg, this.hand, (_, y) => this.move(nearest(data.heights, back(y)), last), end);
    steerable(this.hand, (dx, dy) => this.move(this.at + dx + dy, last), end);
  }

  place() {
    const { data, at } = this, height = data.heights[at], [from, to] = this.ends;
    this.hand.style.transform = `translate(${this.sx(data.x[data.outlier])}px, ${this.sy(height)}px)`;
    const words = [`${data.label} ${equals(height)}`];
    data.lines.forEach(({ name, slope, intercept }, i) => {
      const y = (x) => this.sy(slope[at] * x + intercept[at]);
      set(this.lines[i], { x1: this.sx(from), x2: this.sx(to), y1: y(from), y2: y(to) });
      const is = sign(3, slope[at], intercept[at]), plus = intercept[at] < 0 ? "−" : "+";
      words.push(`${name}: y ${is} ${short(slope[at])}x ${plus} ${short(Math.abs(intercept[at]))}`);
    });
    set(this.hand, { "aria-valuenow": height, "aria-valuetext": words.join(", ") });
    say(this.read, words);
    data.lines.forEach(({ colour }, i) => { this.read.children[i + 1].style.borderLeft = `4px solid ${data.palette[colour]}`; });
  }
}

export default mounted(Outlier);
