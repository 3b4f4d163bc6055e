// Curves y(x) from tables, with points that the hand moves along them, and steps that Python computed to play.
// The data contract stands in pages/ui/curve.py. Positions are indices into data.x, so every number shown is Python's.
const MARGIN = { left: 58, right: 20, top: 18, bottom: 46 };
const number = (value) => (value === null || value === undefined ? "= –" : equals(value));

class Curve {
  constructor(stage) {
    this.read = html(stage, "div", "read");
    this.svg = svg(stage, "svg", { role: "group" });
    this.bar = html(stage, "div", "bar");
    this.observer = new ResizeObserver(() => this.ready && this.width !== this.svg.clientWidth && this.draw());
    this.observer.observe(stage);
  }

  // New data from Python; while the hand is busy it waits. The player plays on only when nothing but its step is new.
  take(component) {
    this.component = component;
    if (this.busy) return;
    const { step, ball, ...rest } = component.data, { x, points, curves, paths, player } = rest;
    if (player) this.player ??= this.playing(player);
    const signature = JSON.stringify(rest);
    if (signature === this.signature) {
      this.player?.hear(step);
      if (this.player?.playing && (ball === undefined || ball === this.heard)) return;
    } else {
      this.paths = paths ?? [];
      this.player?.take(step);
      this.active = Math.min(this.active ?? 0, Math.max(points.length - 1, 0));
      this.hands = points.map((point) => nearest(x.values, point.x));
    }
    if (ball !== undefined && ball !== this.heard) this.active = this.heard = ball;
    Object.assign(this, { data: component.data, curves, signature, ready: true });
    this.draw();
  }

  playing(words) {
    return new Player(this.bar, words, {
      last: () => Math.max(1, ...this.paths.map((path) => path.x.length)) - 1,
      show: () => this.place(),
      report: (step) => this.component.setTriggerValue("step", step),
      moving: (on) => this.svg.classList.toggle("moving", on),
    });
  }

  get step() { return this.player?.step ?? 0; }

  // Where point i is: on its path after this.step steps, else at its index in the table.
  at(i) {
    const path = this.paths[i], curve = this.curves[this.data.points[i].curve ?? 0], index = this.hands[i];
    if (!path) return { x: this.data.x.values[index], y: curve.y[index], slope: curve.slope?.[index], index };
    const k = Math.min(this.step, path.x.length - 1);
    return { x: path.x[k], y: path.y[k], slope: path.slope?.[k], index: nearest(this.data.x.values, path.x[k]) };
  }

  draw() {
    const { data, svg: surface } = this, { palette } = data;
    this.read.classList.toggle("walks", Boolean(data.player)); // room for the longest numbers, so that nothing jumps
    const width = (this.width = surface.clientWidth || 600), height = data.height;
    set(surface, { viewBox: `0 0 ${width} ${height}`, height, "aria-label": data.alt });
    const held = (this.balls ?? []).findIndex((ball) => ball.handle === surface.getRootNode().activeElement);
    surface.replaceChildren();
    this.right = width - MARGIN.right;
    this.bottom = height - MARGIN.bottom;
    this.box = { left: MARGIN.left, top: MARGIN.top, right: this.right, bottom: this.bottom };
    [this.sx, this.sy] = axes(surface, data.x, data.y, this.box);
    this.plot = clipped(surface, this.box);
    for (const line of data.verticals) this.vertical(line);
    for (const curve of this.curves)
      svg(this.plot, "path", { d: polyline(data.x.values, curve.y, this.sx, this.sy), class: "curve", stroke: palette[curve.colour],
        "stroke-dasharray": curve.dash ? "7 6" : "none" });
    for (const mark of data.marks) this.mark(mark);
    const trace = (name) => data.points.map(({ colour }) => svg(this.plot, "path", { class: name, stroke: palette[colour] }));
    Object.assign(this, { traces: trace("trace"), stops: trace("stops") });
    this.balls = data.points.map((point, i) => this.ball(point, i));
    this.balls[held]?.handle.focus({ preventScroll: true }); // the keyboard keeps its handle
    this.balls.forEach(({ handle }, i) => { handle.onfocus = () => this.choose(i); });
    this.place();
  }

  vertical({ x, label, colour }) {
    const stroke = this.data.palette[colour], at = this.sx(x), end = at > (MARGIN.left + this.right) / 2;
    svg(this.plot, "line", { class: "vertical", x1: at, x2: at, y1: MARGIN.top, y2: this.bottom, stroke });
    const row = this.data.verticals.findIndex((line) => line.x === x && line.label === label);
    const place = { x: at + (end ? -6 : 6), y: MARGIN.top + 13 + 16 * row, "text-anchor": end ? "end" : "start" };
    svg(this.plot, "text", { ...place, class: "note" }, label);
  }

  mark({ x, y, label, colour }) {
    const dot = svg(this.plot, "circle", { cx: this.sx(x), cy: this.sy(y), r: 5, fill: this.data.palette[colour] });
    if (!label) return;
    const room = this.sx(this.data.x.range[1]) - this.sx(x), side = room < 8 + 8 * label.length ? -1 : 1; // of the dot
    const place = { x: this.sx(x) + 8 * side, y: this.sy(y) - 8, "text-anchor": side < 0 ? "end" : "start", class: "note" };
    svg(dot.parentNode, "text", place, label);
  }

  // One handle: tangent, arrow of the next step, dots on the curves it reads, and the ball the hand takes.
  ball(point, i) {
    const g = svg(this.plot, "g"), [low, high] = this.data.x.range;
    const ball = { arrow: svg(g, "path", { class: "arrow" }), tangent: svg(g, "line", { class: "tangent" }) };
    set(ball.arrow, { stroke: this.data.palette.backward });
    set(ball.tangent, { stroke: this.data.palette.backward });
    const others = point.curve === null ? this.curves.slice(1) : [];
    ball.dots = others.map((curve) => svg(g, "circle", { r: 6, fill: this.data.palette[curve.colour] }));
    const name = { "aria-label": point.label, "aria-valuemin": low, "aria-valuemax": high };
    const handle = (ball.handle = grip(this.svg, this.data.palette[point.colour], name));
    const xs = this.data.x.values, back = scale(MARGIN.left, this.right, low, high);
    draggable(this.svg, handle, (x) => this.move(i, nearest(xs, back(x))), () => this.release());
    steerable(handle, (dx, dy) => this.move(i, clamp(this.at(i).index + dx + dy, 0, xs.length - 1)), () => this.release());
    return ball;
  }

  // Read the numbers of point i; Python tells of one of several, the one where the reader's hand or keyboard rests.
  choose(i) {
    this.active = i;
    this.place();
    clearTimeout(this.choosing);
    this.choosing = setTimeout(() => this.balls[i]?.handle.onpointermove || this.tell(), 200);
  }

  tell() {
    if (this.data.ball === undefined || this.busy || this.active === this.heard) return;
    this.heard = this.active;
    this.component.setTriggerValue("ball", this.active);
  }

  move(i, index) {
    this.player?.stop();
    Object.assign(this, { busy: true, paths: [], active: i });
    this.player?.take(0);
    this.hands[i] = index;
    this.place();
  }

  release() {
    if (!this.busy) return this.tell();
    Object.assign(this, { busy: false, signature: null, heard: this.active }); // Python's answer is taken even if it is the one before
    this.component.setTriggerValue("point", { x: this.hands.map((index) => this.data.x.values[index]), ball: this.active });
  }

  place() {
    this.taken = []; // room that balls outside have at the edges
    this.balls.forEach((ball, i) => this.put(ball, i, this.at(i)));
    this.readout(this.active);
    this.player?.refresh();
  }

  put(ball, i, { x, y, slope, index }) {
    const [atX, atY] = [this.sx(x), y === null ? this.bottom : this.sy(y ?? 0)], words = this.words(i);
    const across = Math.abs(atX - clamp(atX, MARGIN.left, this.right)) > 0.5;
    const { px, py, isOut } = lay(ball.handle, atX, atY, this.box, words[across ? 0 : 1], this.taken);
    set(ball.handle, { "aria-valuenow": x, "aria-valuetext": words.join(" · ") });
    ball.dots.forEach((dot, j) => set(dot, { cx: px, cy: this.sy(this.curves[j + 1].y[index] ?? 0) }));
    const flat = isOut || slope === undefined || slope === null || !this.data.tangent;
    const rise = flat ? 0 : (slope * (this.sy(1) - this.sy(0))) / (this.sx(1) - this.sx(0));
    const reach = flat ? 0 : Math.min(90, this.width / 7) / Math.hypot(1, rise);
    set(ball.tangent, { x1: px - reach, x2: px + reach, y1: py - reach * rise, y2: py + reach * rise });
    const to = clamp(this.sx(x - (this.data.rate ?? 0) * (slope ?? 0)), MARGIN.left - 40, this.right + 40);
    const tip = Math.sign(to - px) * Math.min(7, Math.abs(to - px)), floor = this.bottom - 8;
    const shaft = `M${px} ${floor}H${to}m${-tip} -5l${tip} 5l${-tip} 5`;
    set(ball.arrow, { d: this.data.rate && !flat && Math.abs(to - px) > 1 ? shaft : "" });
    const path = this.paths[i], shown = path ? this.step + 1 : 0;
    const d = shown > 1 ? polyline(path.x.slice(0, shown), path.y.slice(0, shown), this.sx, this.sy) : "";
    set(this.traces[i], { d });
    set(this.stops[i], { d: stops(d) });
  }

  // What point i reads: x, the curves at x, the slope, and the words for its sign.
  words(i) {
    const { data } = this, { x, y, slope, index } = this.at(i), point = data.points[i];
    const parts = [`${data.x.label} ${number(x)}`];
    const tell = ({ name }, value) => parts.push(value === null ? `${name}: no value here` : `${name} ${number(value)}`);
    if (point.curve === null) this.curves.forEach((curve) => tell(curve, curve.y[index]));
    else tell(this.curves[point.curve], y);
    if (data.tangent && y !== null) parts.push(`${data.tangent} ${number(slope)}`);
    if (data.words && y !== null && slope !== undefined && slope !== null)
      parts.push(data.words[slope < 0 ? "negative" : slope > 0 ? "positive" : "zero"]);
    return parts;
  }

  readout(i) {
    if (!this.data.points.length) return;
    const { player, ball } = this.data, step = this.paths.length ? [this.player.spoken()] : [];
    say(this.read, [...(ball === undefined ? [] : [`${player.ball} ${i + 1}`]), ...this.words(i), ...step]);
    if (ball !== undefined) this.balls.forEach(({ handle }, j) => handle.classList.toggle("chosen", j === i));
  }

  close() { clearTimeout(this.choosing); this.player?.close(); this.observer.disconnect(); }
}

export default mounted(Curve);
