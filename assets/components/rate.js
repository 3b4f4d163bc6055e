// A learning rate under the hand: a slider with its limits marked, and the walk of the chosen rate above it.
// Python sends the walk for every stop of the slider (pages/ui/rate.py); the browser only picks one of them.
const EDGE = { left: 58, right: 20, top: 14, bottom: 44 };
const TRACK = { top: 46, height: 96 };

class Rate extends Drawing {
  begin() { return this.data.index; }

  build(width) {
    const { data, svg: surface } = this, { picture } = data, wide = width > 620, each = wide ? 330 : 250;
    const above = picture ? (wide ? each : 2 * each) : 0, height = above + TRACK.height;
    set(surface, { viewBox: `0 0 ${width} ${height}`, height, "aria-label": data.alt });
    if (picture) {
      const middle = wide ? width * 0.5 : width;
      this.curve(picture, { left: EDGE.left, top: EDGE.top, right: middle - EDGE.right, bottom: each - EDGE.bottom });
      const left = wide ? middle + EDGE.left : EDGE.left, top = wide ? EDGE.top : each + EDGE.top;
      this.history(picture, { left, top, right: width - EDGE.right, bottom: above - EDGE.bottom });
    }
    this.slider(above, width);
  }

  // A plot's scales, and a group that is cut off at its edges.
  plot(x, y, box) {
    const [sx, sy] = axes(this.svg, x, y, box);
    return { sx, sy, group: clipped(this.svg, box) };
  }

  walk(group) {
    const stroke = this.data.palette.backward;
    return [svg(group, "path", { class: "trace", stroke }), svg(group, "path", { class: "stops", stroke })];
  }

  curve({ x, y, curve }, box) {
    const { sx, sy, group } = this.plot(x, y, box);
    const stroke = this.data.palette.forward;
    svg(group, "path", { class: "curve", stroke, d: polyline(x.values, curve, sx, sy) });
    this.onCurve = { sx, sy, paths: this.walk(group) };
  }

  history({ x, steps, walks }, box) {
    const times = walks.weights[0].map((_, step) => step);
    const { sx, sy, group } = this.plot({ label: steps, range: [0, times.length - 1] }, { ...x }, box);
    svg(group, "line", { class: "zero", x1: box.left, x2: box.right, y1: sy(0), y2: sy(0) });
    this.inTime = { times, sx, sy, paths: this.walk(group) };
  }

  // The track in the colours of what happens, the marks above it, the numbers below it, and the handle.
  slider(above, width) {
    const { data, svg: s } = this, { rates, palette } = data, y = above + TRACK.top;
    const left = EDGE.left, right = width - EDGE.right, last = rates[rates.length - 1];
    this.to = scale(0, last, left, right);
    for (const { from, to, colour } of data.zones)
      svg(s, "rect", { x: this.to(from), width: this.to(to) - this.to(from), y: y - 4, height: 8, fill: palette[colour], rx: 3 });
    let free = -Infinity; // where the last label of the upper row ended
    for (const { x, label } of data.marks) {
      const at = this.to(x), half = label.length * 3.6, low = at - half < free;
      if (!low) free = at + half + 8;
      svg(s, "line", { class: "limit", x1: at, x2: at, y1: y - (low ? 14 : 24), y2: y + 10 });
      const place = { x: clamp(at, left + half, right - half + 16), y: low ? y - 17 : y - 29, "text-anchor": "middle", class: "note" };
      svg(s, "text", place, label);
    }
    for (const tick of ticks(0, last, clamp(width / 90, 4, 12)))
      svg(s, "text", { x: this.to(tick), y: y + 26, "text-anchor": "middle", class: "tick" }, short(tick, 3));
    svg(s, "text", { x: (left + right) / 2, y: y + 46, "text-anchor": "middle" }, data.label);
    this.hand = grip(s, palette.accent, { "aria-label": data.label, "aria-valuemin": 0, "aria-valuemax": last });
    this.handY = y;
    const back = scale(left, right, 0, last);
    const end = () => this.release("rate", rates[this.at]);
    draggable(s, this.hand, (x) => this.move(nearest(rates, back(x)), rates.length - 1), end);
    steerable(this.hand, (dx, dy) => this.move(this.at + dx + dy, rates.length - 1), end);
  }

  place() {
    const { data, at: index } = this, { rates, picture } = data;
    const said = [`${data.symbol} ${equals(rates[index])}`, ...data.words[index]];
    this.hand.style.transform = `translate(${this.to(rates[index])}px, ${this.handY}px)`;
    set(this.hand, { "aria-valuenow": rates[index], "aria-valuetext": said.join(", ") });
    say(this.read, said);
    if (!picture) return;
    const weights = picture.walks.weights[index], losses = picture.walks.losses[index];
    this.trace(this.onCurve, weights, losses);
    this.trace(this.inTime, this.inTime.times, weights);
  }

  trace({ sx, sy, paths: [line, dots] }, xs, ys) {
    const d = polyline(xs, ys, sx, sy);
    set(line, { d });
    set(dots, { d: stops(d) });
  }
}

export default mounted(Rate);
