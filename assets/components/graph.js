// A computation graph with a play head over the steps that Python computed. The data contract stands in pages/ui/graph.py.
const LINE = 19, HEAD = 26, MARGIN = 14;

class Graph {
  constructor(stage) {
    this.now = html(stage, "p", "now");
    this.now.setAttribute("role", "status");
    this.board = sideways(html(stage, "div", "board"));
    this.svg = svg(this.board, "svg", { role: "group" });
    this.bar = html(stage, "div", "bar");
    this.buttons = ["start", "back", "on", "all"].map((name) => Object.assign(html(this.bar, "button", name), { type: "button" }));
    this.head = Object.assign(html(stage, "input", "head"), { type: "range", min: 0, step: 1 });
    this.chain = html(stage, "div", "chain");
    const ways = [() => 0, () => this.at - 1, () => this.at + 1, () => this.last];
    this.buttons.forEach((button, i) => (button.onclick = () => this.go(ways[i]())));
    this.head.oninput = () => this.go(Number(this.head.value), false);
    this.head.onchange = () => this.report();
    this.svg.onkeydown = (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (way) { event.preventDefault(); this.go(this.at + way); }
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.pick(event.target.dataset.name); }
    };
  }

  // New data from Python. The head stays where the hand left it, unless graph or URL changed; a new graph shows its inputs.
  take(component) {
    const { data } = (this.component = component);
    const shape = JSON.stringify([data.nodes, data.edges, data.palette]), boxes = JSON.stringify(data.nodes);
    const redraws = shape !== this.shape, opens = boxes !== this.boxes;
    const moved = !this.waiting && data.step !== this.told && data.step !== this.reported;
    const at = redraws || moved ? data.step : this.at;
    Object.assign(this, { data, shape, boxes, told: data.step, last: data.steps.length - 1 });
    if (redraws) this.draw();
    this.chain.style.setProperty("--lines", data.lines);
    this.buttons.forEach((button, i) => (button.textContent = data.words[i]));
    set(this.head, { max: this.last, "aria-label": data.words[4] });
    this.head.style.setProperty("--turn", `${(100 * (data.turn + 0.5)) / this.last}%`);
    this.svg.setAttribute("aria-label", data.alt);
    this.at = clamp(at, 0, this.last);
    this.write();
    if (opens) requestAnimationFrame(() => { if (this.at === data.turn) this.board.scrollLeft = 0; else this.show(); });
  }

  go(step, report = true) {
    this.at = clamp(step, 0, this.last);
    this.write();
    this.show();
    if (report) this.report();
  }

  report() {  // once the hand rests
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (this.reported === this.at && this.told === this.at) return;
      this.reported = this.at;
      this.component.setStateValue("step", this.at);
    }, 250);
  }

  pick(name) { if (name && this.data.pickable) this.component.setStateValue("pick", name); }

  // Sizes follow the longest texts; places are columns and rows from Python.
  draw() {
    const { nodes, edges, size, palette } = this.data;
    const cells = Math.max(...nodes.map((node) => node.cells.length));
    const longest = Math.max(...nodes.map((node) => node.title.length));
    const dense = edges.length > 16;
    this.box = { width: cells > 1 ? 132 : clamp(longest * 8.4 + 22, 84, 260), height: HEAD + 2 * LINE + 8 };
    const crowded = (layer) => edges.some((edge) => nodes[edge.start].place[0] === layer && edge.label.share !== 0.5);
    this.row = this.box.height + (!dense && edges.some((edge) => edge.label.side) ? 64 : 34);
    this.columns = [MARGIN];
    for (let layer = 0; layer < size[0] - 1; layer++) {
      const gap = dense ? 112 : clamp((this.longestSlope(layer) * 7.4 + 24) * (crowded(layer) ? 1.5 : 1), 66, 210);
      this.columns.push(this.columns[layer] + this.box.width + gap);
    }
    const width = this.columns.at(-1) + this.box.width + MARGIN;
    const height = (size[1] - 1) * this.row + this.box.height + 2 * MARGIN;
    set(this.svg, { viewBox: `0 0 ${width} ${height}` });
    this.svg.style.minWidth = `${(innerWidth < 560 ? 0.85 : 0.76) * width}px`; // letters of 11 pixels on a phone
    this.svg.style.maxWidth = `${1.35 * width}px`;
    for (const name of ["forward", "backward", "accent", "positive", "negative"]) this.svg.closest(".stage").style.setProperty(`--${name}`, palette[name]);
    this.svg.replaceChildren();
    [this.parts, this.texts] = [new Map(), new Map()];
    const [lines, boxes, labels] = [0, 1, 2].map(() => svg(this.svg, "g"));
    this.svg.classList.toggle("dense", dense);
    edges.forEach((edge, i) => this.line(lines, labels, edge, i));
    nodes.forEach((node, i) => this.node(boxes, node, i));
  }

  // How many signs the longest text takes that must fit between a layer and the next one.
  longestSlope(layer) {
    const { edges, nodes, slots } = this.data;
    const between = ({ start, end }) => nodes[start].place[0] === layer && nodes[end].place[0] === layer + 1;
    const texts = slots.filter(({ owner, role }) => role === "slope" && between(edges[Number(owner.slice(1))]));
    return Math.max(0, ...texts.flatMap((slot) => slot.at.map((change) => change[1].length)));
  }

  line(lines, labels, edge, i) {
    const { edges } = this.data, { box } = this;
    const twins = edges.filter((other) => other.start === edge.start && other.end === edge.end);
    const aside = (twins.indexOf(edge) - (twins.length - 1) / 2) * 26;
    const points = edge.route.map(([x, y]) => [this.columns[x] + box.width / 2, MARGIN + box.height / 2 + y * this.row + aside]);
    points[0][0] += box.width / 2;
    points[points.length - 1][0] -= box.width / 2;
    const d = swung(points);
    const group = svg(lines, "g", { class: "edge", "data-id": `e${i}` });
    svg(group, "path", { d, class: "reach" });
    const path = svg(group, "path", { d, class: "wire", "stroke-width": 1.5 + 2.5 * edge.strength });
    const { x, y } = path.getPointAtLength(path.getTotalLength() * edge.label.share);
    const label = svg(labels, "g", { class: "label", transform: `translate(${x},${y + [-19, 0, 11][edge.label.side + 1]})` });
    this.texts.set(`e${i}.0.slope`, svg(label, "text", { y: -8, class: "slope" }));
    this.texts.set(`e${i}.0.gradient`, svg(label, "text", { y: 19, class: "gradient" }));
    this.parts.set(`e${i}`, [group, label]);
    path.style.setProperty("--pull", Math.abs(edge.pull));
    this.reacts(group, `e${i}`, edge.name, Boolean(edge.name));
  }

  node(boxes, node, i) {
    const { box } = this, [x, y] = node.place;
    const group = svg(boxes, "g", { class: `node ${node.kind}`, transform: `translate(${this.columns[x]},${MARGIN + y * this.row})` });
    svg(group, "rect", { ...box, rx: 10 });
    if (node.title) svg(group, "text", { x: box.width / 2, y: 19, class: "title" }, node.title);
    node.cells.forEach((name, cell) => {
      const middle = ((cell + 0.5) * box.width) / node.cells.length;
      if (name) svg(group, "text", { x: middle, y: 19, class: "title" }, name);
      this.texts.set(`n${i}.${cell}.value`, svg(group, "text", { x: middle, y: HEAD + LINE - 3, class: "value" }));
      this.texts.set(`n${i}.${cell}.gradient`, svg(group, "text", { x: middle, y: HEAD + 2 * LINE, class: "gradient" }));
    });
    this.parts.set(`n${i}`, [group]);
    this.reacts(group, `n${i}`, "", true);
  }

  reacts(group, id, name, focusable) {
    const point = (on) => () => { this.pointed = on ? id : null; this.light(this.pointed); };
    group.onpointerenter = group.onfocus = point(true);
    group.onpointerleave = group.onblur = point(false);
    group.onclick = () => this.pick(name);
    if (name) group.dataset.name = name;
    if (focusable) set(group, { tabindex: 0, role: name && this.data.pickable ? "button" : "img" });
  }

  // What stands in each slot at this step, and the step's sentence.
  write() {
    const said = new Map();
    for (const { owner, cell, role, at } of this.data.slots) {
      const text = at.findLast(([step]) => step <= this.at)?.[1] ?? "";
      const element = this.texts.get(`${owner}.${cell}.${role}`);
      if (element.textContent !== text) element.textContent = text;
      if (text) said.set(owner, `${said.get(owner) ?? ""}, ${role} ${text}`);
    }
    for (const [id, [group]] of this.parts) {
      const node = id[0] === "n" && this.data.nodes[Number(id.slice(1))];
      const name = node ? node.title || node.cells.join(", ") : this.data.edges[Number(id.slice(1))].name;
      group.setAttribute("aria-label", name + (said.get(id) ?? ""));
      const pull = !node && this.texts.get(`${id}.0.gradient`).textContent ? this.data.edges[Number(id.slice(1))].pull : 0;
      group.classList.toggle("rises", pull > 0);
      group.classList.toggle("falls", pull < 0);
    }
    const { text } = this.data.steps[this.at];
    if (this.now.textContent !== text) this.now.textContent = text;
    this.now.className = `now ${this.at > this.data.turn ? "backward" : "forward"}`;
    this.head.value = this.at;
    set(this.head, { "aria-valuetext": text });
    this.buttons.forEach((button, i) => (button.disabled = this.at === (i < 2 ? 0 : this.last)));
    this.light(this.pointed);
  }

  // The current step's parts glow; the chain of what is pointed at, else of what is picked, stands out and is written.
  light(pointed) {
    const id = pointed ?? this.data.picked, chain = this.data.chains[id];
    const step = new Set(this.data.steps[this.at].lit), bright = new Set(chain?.lit ?? []);
    const dims = chain && (pointed || this.at < this.last);  // at the end every gradient is to be seen
    this.svg.classList.toggle("pointing", Boolean(pointed));
    for (const [part, groups] of this.parts)
      for (const group of groups) {
        group.classList.toggle("step", step.has(part));
        group.classList.toggle("bright", bright.has(part));
        group.classList.toggle("own", part === id);
        group.classList.toggle("dim", Boolean(dims) && !bright.has(part) && !step.has(part));
      }
    const lines = chain?.lines ?? [this.data.words[5]];
    if (this.written === lines.join()) return;
    this.written = lines.join();
    this.chain.replaceChildren();
    for (const line of lines) html(this.chain, "div", "", line);
  }

  show() {  // scroll the board sideways to the current step, where it is wider than the page
    if (this.board.scrollWidth <= this.board.clientWidth) return;
    const [group] = this.parts.get(this.data.steps[this.at].lit.find((id) => id[0] === "n") ?? "n0");
    const box = group.getBoundingClientRect(), frame = this.board.getBoundingClientRect();
    this.board.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }

  close() { clearTimeout(this.waiting); }
}

export default mounted(Graph);
