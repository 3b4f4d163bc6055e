// Pictures over a plane, with one point on all of them that the hand moves, and a walk to play from it.
// The data contract stands in pages/ui/plane.py. The point rests on the tables' entries, so every number is Python's.
const EDGE = { left: 60, right: 14, top: 28, bottom: 46 }, BIGGEST = 430, PAIR = 620; // pixels
const number = (value) => (Number.isFinite(value) ? equals(value) : "= –");
const unpacked = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

class Plane {
  constructor(stage) {
    this.read = html(stage, "div", "read");
    this.svg = svg(stage, "svg", { role: "group" });
    this.bar = html(stage, "div", "bar");
    this.observer = new ResizeObserver(() => this.data && this.width !== this.svg.clientWidth && this.draw());
    this.observer.observe(stage);
  }

  // New data from Python; while the hand is busy it waits. The player plays on only when nothing but its step is new.
  take(component) {
    this.component = component;
    if (this.busy) return;
    const { data } = component, { x, y } = data;
    const still = JSON.stringify([x.label, x.range, y.label, y.range, data.panels, data.dots, data.alt, data.movable]);
    const isNew = still !== this.still, signature = JSON.stringify([still, data.point, data.path, data.rate]);
    if (data.words && !this.player)
      this.player = new Player(this.bar, data.words, {
        last: () => (this.path ? this.path.x.length - 1 : 0),
        show: () => this.place(),
        report: (step) => this.component.setTriggerValue("step", step),
        moving: (on) => this.svg.classList.toggle("moving", on),
      });
    if (signature === this.signature) {
      this.player?.hear(data.step);
      if (this.player?.playing) return;
    } else {
      this.at = [nearest(data.x.values, data.point[0]), nearest(data.y.values, data.point[1])];
      this.path = data.path;
      this.player?.take(data.step);
    }
    Object.assign(this, { data, signature, still, tables: null });
    if (isNew) this.draw(); else this.place();
  }

  draw() {
    const { data, svg: surface } = this, width = (this.width = surface.clientWidth || 600), count = data.panels.length;
    const across = width > PAIR ? count : 1, each = width / across;
    const side = clamp(each - EDGE.left - EDGE.right, 100, BIGGEST), row = side + EDGE.top + EDGE.bottom;
    set(surface, { viewBox: `0 0 ${width} ${(row * count) / across}`, height: (row * count) / across, "aria-label": data.alt });
    const held = (this.panels ?? []).findIndex((panel) => panel.hand === surface.getRootNode().activeElement);
    surface.replaceChildren();
    this.panels = data.panels.map((panel, i) => {
      const left = (i % across) * each + EDGE.left + (count === 1 ? (each - EDGE.left - EDGE.right - side) / 2 : 0);
      const top = Math.floor(i / across) * row + EDGE.top;
      return this.panel(panel, { left, top, right: left + side, bottom: top + side });
    });
    this.place();
    this.panels[held]?.hand?.focus({ preventScroll: true }); // the keyboard keeps its handle
  }

  // What the colours mean, above the picture: from which number to which, and how far it is from line to line.
  legend({ name, colours, low, high, step }, { left, right, top }) {
    const write = (x, text) => svg(this.svg, "text", { x, y: top - 9, class: "note" }, text).getComputedTextLength();
    const from = left + write(left, `${name} ${short(low)}`) + 8, end = from + 3 * colours.length;
    colours.forEach((fill, k) => svg(this.svg, "rect", { x: from + 3 * k, y: top - 18, width: 3.5, height: 10, fill }));
    const used = end + 8 + write(end + 8, short(high)), more = `a line every ${short(step)}`;
    if (used + 16 + 5.8 * more.length < right) write(used + 16, more);
  }

  panel({ title, image, opacity, legend }, box) {
    const { data, svg: surface } = this, { palette } = data;
    const [sx, sy] = axes(surface, data.x, data.y, box);
    if (title) svg(surface, "text", { x: (box.left + box.right) / 2, y: box.top - 10, "text-anchor": "middle", class: "heading" }, title);
    if (legend) this.legend(legend, box);
    const inside = clipped(surface, box), side = box.right - box.left;
    svg(inside, "image", { x: box.left, y: box.top, width: side, height: side, preserveAspectRatio: "none", href: image, opacity });
    for (const { x, y, colour } of data.dots)
      x.forEach((at, i) => svg(inside, "circle", { cx: sx(at), cy: sy(y[i]), r: 4, fill: palette[colour], class: "dot" }));
    const whole = svg(inside, "path", { class: "whole" }), halo = svg(inside, "path", { class: "halo" });
    const trace = svg(inside, "path", { class: "trace", stroke: palette.backward });
    const stopped = svg(inside, "path", { class: "stops", stroke: palette.accent });
    const arrow = svg(inside, "path", { class: "arrow" });
    return { sx, sy, whole, halo, trace, stopped, arrow, hand: this.hand(sx, sy, box, title) };
  }

  hand(sx, sy, box, title) {
    const { data } = this, [low, high] = data.x.range;
    const name = data.label + (title ? `, ${title}` : "");
    const hand = grip(this.svg, data.palette.accent, { "aria-label": name, "aria-valuemin": low, "aria-valuemax": high });
    if (!data.movable) { set(hand, { tabindex: -1, role: "img" }); hand.style.pointerEvents = "none"; return hand; }
    const across = scale(box.left, box.right, ...data.x.range), up = scale(box.bottom, box.top, ...data.y.range);
    const to = (x, y) => this.move(nearest(this.data.x.values, x), nearest(this.data.y.values, y)); // the table of now
    hand.ontouchstart = (event) => event.preventDefault(); // or the page would scroll under the finger
    draggable(this.svg, hand, (x, y) => to(across(x), up(y)), () => this.release());
    steerable(hand, (dx, dy) => this.move(this.at[0] + dx, this.at[1] + dy), () => this.release());
    return hand;
  }

  move(i, j) {
    this.player?.stop();
    this.player?.take(0);
    const { x, y } = this.data;
    Object.assign(this, { busy: true, path: null, at: [clamp(i, 0, x.values.length - 1), clamp(j, 0, y.values.length - 1)] });
    this.place();
  }

  release() {
    if (!this.busy) return;
    Object.assign(this, { busy: false, signature: null }); // Python's answer is taken even if it is the one before
    const { x, y } = this.data;
    this.component.setTriggerValue("point", [x.values[this.at[0]], y.values[this.at[1]]]);
  }

  // The point now: on its walk after so many steps, else at its entry of the tables.
  now() {
    const { data, path, at: [i, j] } = this, step = this.player?.step ?? 0;
    if (path) return { x: path.x[step], y: path.y[step], reads: path.reads.map((values) => values[step]) };
    this.tables ??= data.tables.map((table) => unpacked(table.values)); // not before a hand asks
    return { x: data.x.values[i], y: data.y.values[j], reads: this.tables.map((values) => values[j * data.x.values.length + i]) };
  }

  place() {
    const { data, path } = this, { x, y, reads } = this.now(), shown = (this.player?.step ?? 0) + 1;
    const words = [`${data.x.label} ${number(x)}`, `${data.y.label} ${number(y)}`];
    data.tables.forEach((table, i) => words.push(`${table.name} ${number(reads[i])}`));
    if (path && data.words) words.push(this.player.spoken());
    say(this.read, words);
    for (const { sx, sy, whole, halo, trace, stopped, arrow, hand } of this.panels) {
      const box = { left: sx(data.x.range[0]), right: sx(data.x.range[1]), top: sy(data.y.range[1]), bottom: sy(data.y.range[0]) };
      const { px, py, isOut } = lay(hand, sx(x), sy(y), box, words.slice(0, 2).join(" · "));
      set(hand, { "aria-valuenow": x, "aria-valuetext": words.join(", ") });
      const all = path ? polyline(path.x, path.y, sx, sy) : "", done = path ? polyline(path.x.slice(0, shown), path.y.slice(0, shown), sx, sy) : "";
      set(whole, { d: all });
      set(halo, { d: stops(all) });
      set(stopped, { d: stops(all) });
      set(trace, { d: shown > 1 ? done : "" });
      set(arrow, { d: isOut || data.rate === null || reads.length < 3 ? "" : this.shaft(px, py, sx(x - data.rate * reads[1]), sy(y - data.rate * reads[2])) });
    }
    this.player?.refresh();
  }

  // An arrow from the point to where the next step leads.
  shaft(x, y, toX, toY) {
    const length = Math.hypot(toX - x, toY - y);
    if (!(length > 14)) return "";
    const [ux, uy] = [(toX - x) / length, (toY - y) / length], back = Math.min(8, length / 2);
    const wing = (turn) => `${toX - back * (ux + turn * uy)} ${toY - back * (uy - turn * ux)}`;
    return `M${x} ${y}L${toX} ${toY}M${wing(0.6)}L${toX} ${toY}L${wing(-0.6)}`;
  }

  close() { this.player?.close(); this.observer.disconnect(); }
}

export default mounted(Plane);
