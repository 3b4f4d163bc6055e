// A network: edges as wide as |weight| and coloured by sign, neurons with their numbers. Every number stands in
// `data.values` under a name (w:edge, p:edge, s:neuron, a:neuron); `data.tables[edge]` holds, for that edge's weight
// sampled from low to high, each number that depends on it. Reports "weight" {edge, value} and "neuron" on release.
export default function (component) {
  const stage = component.parentElement.querySelector(".stage");
  const state = (stage.network ??= { dragging: null });
  state.component = component;
  if (!state.dragging && !isOlder(state)) draw(stage, state);
  if (!state.observer) {
    state.observer = new ResizeObserver(() => { if (state.narrow !== isNarrow(stage)) draw(stage, state, true); });
    state.observer.observe(stage);
  }
  return () => { state.observer.disconnect(); delete stage.network; };
}

// Whether Python's numbers are from before the weight that was sent last: a hand that is quicker than the answers keeps its own.
function isOlder(state) {
  const { sent } = state, older = sent && Math.abs(state.component.data.values[sent.name] - sent.value) > 1e-6;
  if (!older) state.sent = null;
  return older;
}

function sendWeight(stage, state, edge, value) {
  const sent = state.sent = { name: `w:${edge}`, value };
  setTimeout(() => { if (state.sent === sent && !state.dragging) { state.sent = null; draw(stage, state); } }, 3000);
  state.component.setTriggerValue("weight", { edge, value });
}

const isNarrow = (stage) => stage.clientWidth < 560;
const CHANGING = ["full", "label"]; // of a compact network's neurons
const shape = ({ layers, edges, columns, compact }) =>
  JSON.stringify([layers, edges, columns, compact], (name, value) => (compact && CHANGING.includes(name) ? undefined : value));

// Build what is new, or only write the numbers that changed into what stands: focus and transitions survive a rerun.
function draw(stage, state, anew = false) {
  const { data } = state.component;
  if (anew || state.shape !== shape(data) || state.widest !== data.widest) build(stage, state, data);
  const before = state.values ?? {}, { full } = state;
  state.full = Object.fromEntries(data.layers.flatMap((layer) => layer.nodes).map((node) => [node.id, node.full]));
  state.values = { ...data.values };
  const isSame = (name) => state.values[name] === before[name] && full?.[name.slice(2)] === state.full[name.slice(2)];
  for (const name of Object.keys(state.values)) if (!isSame(name)) write(state, name);
  for (const { id, label } of data.layers.flatMap((layer) => layer.nodes)) {
    const { group, side } = state.nodes[id];
    group.setAttribute("aria-label", data.details[id]);
    if (side && side.textContent !== label) side.textContent = label;
  }
  highlight(state);
  if (data.light !== state.light) light(state);
  state.light = data.light;
}

// Lengths of the drawing, and of the chips: `half` of a weight's and of a `bias`'s width. On a phone the first gap is
// `wider`, for most weights stand there.
function measures(narrow, compact) {
  const small = { gap: 24, r: 9, wider: 0 };  // no chips
  if (compact) return narrow ? { ...small, width: 400, left: 52, right: 108 } : { ...small, width: 800, left: 90, right: 146 };
  if (narrow) return { width: 360, left: 29, right: 38, gap: 140, r: 26, wider: 90, half: 20, tall: 31, bias: 28 };
  return { width: 800, left: 90, right: 120, gap: 118, r: 31, wider: 0, half: 27, tall: 22, bias: 27 };
}

function build(stage, state, data) {
  const changing = { widest: data.widest, narrow: isNarrow(stage), binds: {}, nodes: {}, edges: {}, values: {} };
  Object.assign(state, { shape: shape(data), ...changing });
  const { width, left, right, gap, wider } = (state.sizes = measures(state.narrow, data.compact));
  const height = Math.max(...data.layers.map((layer) => layer.rows || layer.nodes.length)) * gap + 34;
  const focused = stage.getRootNode().activeElement?.dataset?.id;
  stage.replaceChildren();
  stage.classList.toggle("compact", data.compact);
  const surface = svg(stage, "svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.alt });
  const lines = svg(surface, "g"), circles = svg(surface, "g"), chips = svg(surface, "g");
  const inner = (width - left - right - wider) / (Math.max(data.columns ?? data.layers.length, 2) - 1);
  data.layers.forEach((layer, column) => {
    const x = left + column * inner + (column ? wider : 0), taken = layer.centred ? layer.nodes.length : layer.rows;
    const top = (height + 20) / 2 - ((taken - 1) * gap) / 2;
    svg(surface, "text", { x, y: 14, class: "title" }, layer.title);
    layer.nodes.forEach((node, row) => neuron(circles, state, node, x, top + row * gap));
  });
  for (const edge of data.edges) connect(lines, chips, state, edge, surface);
  ledger(stage, state);
  stage.querySelector(`[data-id="${focused}"]`)?.focus();
}

function neuron(parent, state, node, x, y) {
  const { data } = state.component, { r, gap } = state.sizes;
  const group = svg(parent, "g", { class: "neuron", tabindex: 0, role: node.input ? "img" : "button", "data-id": node.id });
  const circle = svg(group, "circle", { cx: x, cy: y, r, stroke: data.palette.neutral });
  const glow = svg(group, "circle", { cx: x, cy: y, r, class: "glow", fill: data.palette.forward });
  bind(state, `a:${node.id}`, (value) => glow.setAttribute("fill-opacity", clamp(Math.abs(value) / state.full[node.id], 0, 1) * 0.75));
  if (!data.compact) {
    svg(group, "text", { x, y: y - 8, class: "name" }, node.label);
    const number = svg(group, "text", { x, y: y + 10, class: "number", "data-value": `a:${node.id}` });
    bind(state, `a:${node.id}`, (value) => { number.textContent = fixed(value); });
    if (!node.input) sum(group, state, node, x, y + r);
  } else svg(group, "rect", { x: x - 24, y: y - gap / 2, width: 48, height: gap, class: "reach" });
  const side = data.compact && node.label ? svg(group, "text", { x: x + r + 8, y: y + 4, class: "side" }) : null;
  if (node.target !== undefined) {
    const [left, top, kind] = state.narrow ? [x, y + r + 46, "name"] : [x + r + 8, y - 4, "side"];
    svg(group, "text", { x: left, y: top, class: kind }, `target ${node.target}`);
    const off = svg(group, "text", { x: left, y: top + 17, class: kind });
    bind(state, `gap:${node.id}`, (value) => { off.textContent = `off by ${fixed(value)}`; });
  }
  group.onpointerenter = group.onfocus = () => { if (!state.dragging) highlight(state, node.id); };
  group.onpointerleave = group.onblur = () => { if (!state.dragging) highlight(state); };
  const choose = () => state.component.setTriggerValue("neuron", node.id);
  if (!node.input) group.onclick = choose;
  group.onkeydown = (event) => { if (!node.input && ["Enter", " "].includes(event.key)) { event.preventDefault(); choose(); } };
  state.nodes[node.id] = { group, circle, side, x, y };
}

// A neuron's sum below it; on a phone in two rows, which fit between the lines.
function sum(group, state, node, x, y) {
  const row = (down, words = "") => svg(group, "text", { x, y: y + down, class: "name sum" }, words);
  if (state.narrow) row(15, "sum");
  const [number, word] = state.narrow ? [row(29), ""] : [row(15), "sum "];
  bind(state, `s:${node.id}`, (value) => { number.textContent = word + fixed(value); });
}

function connect(lines, chips, state, edge, surface) {
  const { data } = state.component, to = state.nodes[edge.to], { r, tall, bias } = state.sizes;
  const half = edge.from ? state.sizes.half : bias;
  const from = edge.from ? state.nodes[edge.from] : { x: to.x, y: to.y - r - 8 };
  const length = Math.hypot(to.x - from.x, to.y - from.y), ux = (to.x - from.x) / length, uy = (to.y - from.y) / length;
  const trim = edge.from ? r : 0;
  const ends = { x1: from.x + ux * trim, y1: from.y + uy * trim, x2: to.x - ux * r, y2: to.y - uy * r };
  const group = svg(lines, "g", { class: "edge", "data-edge": edge.id });
  const line = svg(group, "line", { ...ends, "stroke-linecap": "round" });
  bind(state, `w:${edge.id}`, (value) => {
    const size = Math.abs(value) / data.widest, sign = size < 0.005 ? "neutral" : value > 0 ? "positive" : "negative";
    const dashes = sign === "neutral" ? "3 5" : "none";
    set(line, { stroke: data.palette[sign], "stroke-width": 1 + (data.compact ? 4 : 8) * Math.min(size, 1), "stroke-dasharray": dashes });
  });
  state.edges[edge.id] = { group, edge };
  if (!edge.label) return;
  const grab = svg(group, "line", { ...ends, class: "grab" });
  const reach = edge.from ? Math.max(length / 4, (r + half + 2) / ux) : -tall / 2;  // quarters of crossing lines lie apart
  const chip = svg(chips, "g", {
    class: "chip", tabindex: 0, role: "slider", "data-id": edge.id, "aria-label": edge.label,
    "aria-valuemin": data.low, "aria-valuemax": data.high, "aria-orientation": "vertical",
    transform: `translate(${from.x + ux * reach} ${from.y + uy * reach})`,
  });
  svg(chip, "rect", { x: -half, y: -tall / 2, width: 2 * half, height: tall, rx: tall / 2 });
  const text = svg(chip, "text", { x: 0, y: 4.5, "data-value": `w:${edge.id}` });
  bind(state, `w:${edge.id}`, (value) => {
    text.textContent = (edge.from ? "" : "b ") + fixed(value, 2);
    set(chip, { "aria-valuenow": value, "aria-valuetext": fixed(value, 2) });
  });
  state.edges[edge.id].chip = chip;
  editable(surface, state, edge, chip, grab);
}

// A drag of 110 units up is +1; the weight rests on the table's samples, so each number shown is one that Python computed.
function editable(surface, state, edge, chip, grab) {
  const start = () => state.dragging ??= { edge: edge.id, y: null, from: state.values[`w:${edge.id}`] };
  const move = (weight) => { slide(state, edge, weight); highlight(state, edge.to); };
  const end = () => {
    if (!state.dragging) return;
    const value = state.values[`w:${edge.id}`], moved = value !== state.dragging.from;
    state.dragging = null;
    if (moved) sendWeight(surface.parentElement, state, edge.id, value);
    else draw(surface.parentElement, state);
  };
  const drag = (x, y) => {
    start().y ??= y;
    move(state.dragging.from + (state.dragging.y - y) / 110);
  };
  for (const handle of [chip, grab]) {
    handle.ontouchstart = (event) => event.preventDefault();  // or the page would scroll under the finger
    draggable(surface, handle, drag, end);
  }
  steerable(chip, (dx, dy) => { start(); move(state.values[`w:${edge.id}`] + (dx + dy) * state.component.data.step); }, end);
  chip.onfocus = () => { if (!state.dragging) highlight(state, edge.to); };
  chip.onblur = () => { end(); highlight(state); };
}

function slide(state, edge, weight) {
  const { low, high, step, tables } = state.component.data;
  const index = Math.round((clamp(weight, low, high) - low) / step), last = Math.round((high - low) / step);
  state.values[`w:${edge.id}`] = Number((low + index * step).toFixed(6));
  write(state, `w:${edge.id}`);
  for (const [name, samples] of Object.entries(tables[edge.id])) {
    const place = (index / last) * (samples.length - 1), k = Math.min(Math.floor(place), samples.length - 2);
    state.values[name] = samples[k] + (place - k) * (samples[k + 1] - samples[k]);
    write(state, name);
  }
}

// Write a neuron's sum out; the one under the hand also shows exactly what feeds it, and the rest steps back.
function highlight(state, hovered = null) {
  const { edges, details, selected } = state.component.data, id = hovered ?? selected;
  const feeds = edges.filter((edge) => edge.to === hovered), sources = new Set(feeds.map((edge) => edge.from));
  for (const { group, chip, edge } of Object.values(state.edges)) {
    for (const part of [group, chip]) part?.classList.toggle("faded", feeds.length > 0 && edge.to !== hovered);
    group.classList.toggle("feeds", edge.to === id);
  }
  for (const [name, { group }] of Object.entries(state.nodes)) {
    group.classList.toggle("chosen", name === id);
    group.classList.toggle("faded", feeds.length > 0 && name !== hovered && !sources.has(name));
  }
  openRow(state, id, details[id]);
}

// A new digit: the layers light up one after the other.
function light(state) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  state.component.data.layers.forEach((layer, index) => layer.nodes.forEach((node) => {
    state.nodes[node.id].group.animate([{ opacity: 0.1 }, { opacity: 1 }], { duration: 350, delay: 250 * index, fill: "backwards" });
  }));
}
