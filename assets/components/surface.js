// A surface over a plane that the hand turns, with a walk on it; drawn far to near, so that near hides far.
// data: { x, y, z: { label, range }, side, values (side × side, rows of y), scale: colours from low to high,
//         path: { x, y, z }, label, alt }.
const TALL = 430, STRETCH = 0.5; // pixels; how high the surface is to its width
const TURN = { angle: -0.55, tilt: 0.75 }; // radians: about the upright, and how far from above it is seen
const degrees = (radians) => Math.round((radians * 180) / Math.PI);

class Surface {
  constructor(stage) {
    this.canvas = html(stage, "canvas");
    this.svg = svg(stage, "svg", { tabindex: 0, role: "slider", height: TALL, "aria-valuemin": -180, "aria-valuemax": 180, "aria-valuenow": degrees(TURN.angle) });
    Object.assign(this, TURN);
    this.observer = new ResizeObserver(() => this.width !== this.svg.clientWidth && this.stale());
    this.observer.observe(stage);
    this.sight = new IntersectionObserver(([{ isIntersecting }]) => { this.isSeen = isIntersecting; this.renew(); });
    this.sight.observe(stage);
    draggable(this.svg, this.svg, (x, y) => this.drag(x, y), () => { this.from = null; });
    steerable(this.svg, (dx, dy) => Number.isFinite(dx) && this.turn(0.1 * dx, 0.05 * dy), () => {});
  }

  // New data from Python: only the walk is another one as long as the ground is the same.
  take({ data }) {
    const ground = JSON.stringify([data.x, data.y, data.z, data.values]);
    if (ground !== this.ground) this.raise(data);
    Object.assign(this, { data, ground });
    const { x, y, z } = data.path;
    this.walk = x.map((at, k) => this.place(at, y[k], z[k]));
    set(this.svg, { "aria-label": `${data.label}. ${data.alt}` });
    this.stale();
  }

  raise(data) {
    const half = ({ range: [low, high] }) => scale(low, high, -1, 1);
    const [u, v, w] = [half(data.x), half(data.y), half(data.z)], n = data.side;
    const even = (k) => -1 + (2 * k) / (n - 1), corner = (i, j) => [even(i), even(j), STRETCH * w(data.values[j * n + i])];
    this.quads = [];
    for (let j = 0; j < n - 1; j++) for (let i = 0; i < n - 1; i++) {
      const points = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
      const height = points.reduce((sum, point) => sum + point[2], 0) / 4 / STRETCH; // −1 … 1
      this.quads.push({ points, fill: data.scale[Math.round(((clamp(height, -1, 1) + 1) / 2) * (data.scale.length - 1))] });
    }
    this.place = (x, y, z) => (x === null ? null : [u(x), v(y), STRETCH * w(z)]);
  }

  // Draw anew after the frame in which all else of the page changes, and not before it is seen.
  stale() {
    this.isStale = true;
    requestAnimationFrame(() => this.renew());
  }

  renew() {
    if (!this.data || !this.isStale || !this.isSeen) return;
    this.isStale = false;
    this.draw();
  }

  drag(x, y) {
    if (this.from) this.turn((this.from[0] - x) * 0.008, (y - this.from[1]) * 0.006);
    this.from = [x, y];
  }

  turn(angle, tilt) {
    this.angle = (((this.angle + angle + Math.PI) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI) - Math.PI;
    this.tilt = clamp(this.tilt + tilt, 0.1, 1.5);
    this.draw();
  }

  // Where a point is seen, and how far away it is.
  seen([u, v, w]) {
    const across = u * Math.cos(this.angle) - v * Math.sin(this.angle), away = u * Math.sin(this.angle) + v * Math.cos(this.angle);
    const up = w * Math.cos(this.tilt) + away * Math.sin(this.tilt);
    return [this.width / 2 + this.size * across, TALL / 2 - this.size * up, away * Math.cos(this.tilt) - w * Math.sin(this.tilt)];
  }

  draw() {
    const { canvas, svg: surface, data } = this, width = (this.width = surface.clientWidth || 600), sharp = devicePixelRatio || 1;
    this.size = Math.min(width / 3.5, TALL / 2.95);
    Object.assign(canvas, { width: width * sharp, height: TALL * sharp });
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    pen.lineJoin = pen.lineCap = "round";
    const items = this.quads.map(({ points, fill }) => this.quad(pen, points.map((point) => this.seen(point)), fill));
    for (const [depth, paint] of [...items, ...this.steps(pen)].sort((a, b) => b[0] - a[0])) paint();
    set(surface, { viewBox: `0 0 ${width} ${TALL}`, "aria-valuenow": degrees(this.angle) });
    this.frame();
  }

  quad(pen, seen, fill) {
    const depth = seen.reduce((sum, point) => sum + point[2], 0) / 4;
    return [depth, () => {
      pen.beginPath();
      seen.forEach(([x, y]) => pen.lineTo(x, y));
      pen.closePath();
      Object.assign(pen, { fillStyle: fill, strokeStyle: fill, lineWidth: 0.8 }); // the line closes the gaps between quads
      pen.fill();
      pen.stroke();
    }];
  }

  // The walk's dots and the lines between them, a little nearer than the ground they lie on.
  steps(pen) {
    const { palette } = this.data, near = 4 / this.data.side, items = [];
    const seen = this.walk.map((point) => point && this.seen(point));
    seen.forEach((here, k) => {
      const next = seen[k + 1];
      if (here && next) items.push([Math.min(here[2], next[2]) - near, () => {
        for (const [strokeStyle, lineWidth] of [["white", 6], [palette.backward, 3.5]]) {
          Object.assign(pen, { strokeStyle, lineWidth });
          pen.beginPath();
          pen.moveTo(here[0], here[1]);
          pen.lineTo(next[0], next[1]);
          pen.stroke();
        }
      }]);
      if (here) items.push([here[2] - 1.01 * near, () => {
        Object.assign(pen, { fillStyle: palette.accent, strokeStyle: "white", lineWidth: 1.5 });
        pen.beginPath();
        pen.arc(here[0], here[1], k ? 4.5 : 8, 0, 7);
        pen.fill();
        pen.stroke();
      }]);
    });
    return items;
  }

  // The names of both weights and their ranges, beside the two lower edges that are nearest; the height's beside the
  // upright edge that is farthest left, which nothing hides.
  frame() {
    const { svg: surface, data } = this, away = (point) => this.seen(point)[2];
    surface.replaceChildren();
    const write = (point, text, kind) => {
      const [x, y] = this.seen(point);
      svg(surface, "text", { x, y, class: kind, "text-anchor": "middle", "dominant-baseline": "middle" }, text);
    };
    const v = away([0, -1, 0]) < away([0, 1, 0]) ? -1.16 : 1.16, u = away([-1, 0, 0]) < away([1, 0, 0]) ? -1.16 : 1.16;
    write([0, 1.08 * v, -STRETCH], data.x.label, "name");
    write([1.08 * u, 0, -STRETCH], data.y.label, "name");
    for (const end of [0, 1]) {
      write([0.9 * (2 * end - 1), v, -STRETCH], short(data.x.range[end]), "tick");
      write([u, 0.9 * (2 * end - 1), -STRETCH], short(data.y.range[end]), "tick");
    }
    const corners = [[-1, -1], [-1, 1], [1, -1], [1, 1]].map(([a, b]) => [-STRETCH, STRETCH].map((h) => this.seen([a, b, h])));
    const [low, high] = corners.reduce((left, other) => (other[0][0] < left[0][0] ? other : left));
    svg(surface, "line", { class: "upright", x1: low[0], y1: low[1], x2: high[0], y2: high[1] });
    [low, high].forEach(([x, y], end) =>
      svg(surface, "text", { x: x - 6, y, class: "tick", "text-anchor": "end" }, short(data.z.range[end])));
    svg(surface, "text", { x: high[0], y: high[1] - 12, class: "name", "text-anchor": "middle" }, data.z.label);
  }

  close() {
    this.observer.disconnect();
    this.sight.disconnect();
  }
}

export default mounted(Surface);
