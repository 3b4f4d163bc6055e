// The map of the seven steps: a ring of nodes; pressing one asks Python to run that step. All numbers come as data.
const WIDTH = 470, HEIGHT = 460, RADIUS = 178, NODE = 46, CENTRE = [WIDTH / 2, 233], PICTURE = 122;
const COLOURS = {
  initialise: "neutral", predict: "forward", loss: "train", gradient: "backward", step: "first",
  repeat: "neutral", stop: "test",
};

// The ring is open at the top, between the last step and the first.
const angle = (index) => ((index + 0.5) / 7) * 2 * Math.PI - Math.PI / 2;
const on = (turn, radius) => [CENTRE[0] + radius * Math.cos(turn), CENTRE[1] + radius * Math.sin(turn)];

function draw(stage, data, press) {
  stage.classList.add("loop");
  const root = svg(stage, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": data.label });
  const head = svg(svg(root, "defs"), "marker", {
    id: "loop-head", viewBox: "0 0 10 10", refX: 7, refY: 5, markerWidth: 13, markerHeight: 13, orient: "auto",
    markerUnits: "userSpaceOnUse",
  });
  svg(head, "path", { d: "M 0 0 L 10 5 L 0 10 z", fill: "context-stroke" });
  const arrows = data.steps.slice(1).map((step, index) => arrow(root, index, data.palette[COLOURS[step.name]]));
  const again = arrowAgain(root, data.palette.accent);
  const [x, y] = [CENTRE[0] - PICTURE / 2, CENTRE[1] - PICTURE / 2 + 2];
  const picture = svg(root, "image", { x, y, width: PICTURE, height: PICTURE, class: "loop-picture" });
  svg(root, "rect", { x, y, width: PICTURE, height: PICTURE, rx: 6, class: "loop-frame" });
  const empty = svg(root, "text", { x: CENTRE[0], y: CENTRE[1] + 7, class: "loop-rounds" }, data.empty);
  const loss = svg(root, "text", { x: CENTRE[0], y: CENTRE[1] + 90, class: "loop-loss" });
  const rounds = svg(root, "text", { x: CENTRE[0], y: CENTRE[1] - 70, class: "loop-rounds" });
  const nodes = data.steps.map((step, index) => node(root, step, index, data.palette[COLOURS[step.name]], press));
  nodes.forEach((group, index) => roam(group, index, nodes));
  return { arrows, again, picture, empty, loss, rounds, nodes, tick: data.tick };
}

function arrow(root, index, colour) {
  const gap = (NODE + 7) / RADIUS;
  const [x0, y0] = on(angle(index) + gap, RADIUS), [x1, y1] = on(angle(index + 1) - gap, RADIUS);
  const path = svg(root, "path", {
    d: `M ${x0} ${y0} A ${RADIUS} ${RADIUS} 0 0 1 ${x1} ${y1}`, class: "loop-arrow", "marker-end": "url(#loop-head)",
  });
  path.style.setProperty("--loop-colour", colour);
  return path;
}

// From 6 back to 2: this is what makes it a loop.
function arrowAgain(root, colour) {
  const from = on(angle(5), RADIUS), to = on(angle(1), RADIUS);
  const path = svg(root, "path", {
    d: `M ${from[0] + NODE - 4} ${from[1] - 34} C ${from[0] + 105} ${from[1] - 92}, ${to[0] - 105} ${to[1] - 92}, ` +
      `${to[0] - NODE + 2} ${to[1] - 32}`,
    class: "loop-arrow loop-again", "marker-end": "url(#loop-head)",
  });
  path.style.setProperty("--loop-colour", colour);
  return path;
}

function node(root, step, index, colour, press) {
  const [x, y] = on(angle(index), RADIUS);
  const group = svg(root, "g", { role: "button", tabindex: 0, "data-step": step.name });
  group.style.setProperty("--loop-colour", colour);
  svg(group, "circle", { cx: x, cy: y, r: NODE + 5, class: "loop-halo" });
  svg(group, "circle", { cx: x, cy: y, r: NODE, class: "loop-disc" });
  svg(group, "text", { x, y: y - 5, class: "loop-number" }, String(index + 1));
  svg(group, "text", { x, y: y + 17, class: "loop-title" }, step.title);
  group.onclick = () => press(step.name);
  return group;
}

// Enter and Space press a step, arrows walk round the ring.
function roam(group, index, nodes) {
  group.onkeydown = (event) => {
    const turn = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (turn) nodes[(index + turn + nodes.length) % nodes.length].focus();
    else if (event.key === "Enter" || event.key === " ") group.onclick();
    else return;
    event.preventDefault();
  };
}

function update(map, data) {
  const fresh = data.tick !== map.tick;
  map.tick = data.tick;
  data.steps.forEach((step, index) => {
    const group = map.nodes[index], order = data.ran.indexOf(step.name);
    set(group, { class: `loop-node loop-${step.state}`, "aria-label": `Step ${index + 1}, ${step.title}: ${step.note}` });
    group.style.setProperty("--loop-delay", `${0.16 * Math.max(0, order)}s`);
    if (fresh && order >= 0) requestAnimationFrame(() => group.classList.add("loop-ran"));
    if (index > 0) map.arrows[index - 1].classList.toggle("loop-passed", step.state === "done");
  });
  map.again.classList.toggle("loop-passed", data.rounds > 0);
  map.picture.style.display = data.picture ? "" : "none";
  map.empty.style.display = data.picture ? "none" : "";
  if (data.picture) set(map.picture, { href: data.picture });
  map.loss.textContent = data.loss;
  map.rounds.textContent = data.counter;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage");
  stage.press = (name) => setTriggerValue("step", name);
  stage.map ??= draw(stage, data, (name) => stage.press(name));
  update(stage.map, data);
}
