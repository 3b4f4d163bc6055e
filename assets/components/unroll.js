// A digit of 28 × 28 pixels and the line of 784 numbers it becomes, row by row. Pointing at a row, or the arrow keys,
// lights it up in both and says in Python's words where it goes.
const SIDE = 28;
const KEPT = new WeakMap();

export default function ({ data, parentElement }) {
  const stage = parentElement.querySelector(".stage");
  let parts = KEPT.get(stage);
  if (!parts) KEPT.set(stage, parts = build(stage));
  paint(parts.square, data.pixels, SIDE);
  paint(parts.strip, data.pixels, SIDE * SIDE);
  parts.square.setAttribute("aria-label", data.alt);
  const show = (row) => {
    parts.row = clamp(row, 0, SIDE - 1);
    const share = 100 / SIDE, at = `${parts.row * share}%`;
    Object.assign(parts.across.style, { top: at, height: `${share}%` });
    Object.assign(parts.along.style, { left: at, width: `${share}%` });
    parts.words.textContent = data.words[parts.row];
    for (const surface of [parts.square, parts.strip])
      set(surface, { "aria-valuenow": parts.row + 1, "aria-valuetext": data.words[parts.row] });
  };
  const follow = (surface, share) => { surface.onpointermove = surface.onpointerdown = (event) => show(Math.floor(share(event, surface.getBoundingClientRect()) * SIDE)); };
  follow(parts.square, (event, box) => (event.clientY - box.top) / box.height);
  follow(parts.strip, (event, box) => (event.clientX - box.left) / box.width);
  for (const surface of [parts.square, parts.strip]) steerable(surface, (dx, dy) => show(parts.row + dx - dy), () => {});
  show(parts.row);
  return () => KEPT.delete(stage);
}

function build(stage) {
  const framed = (className) => {
    const frame = html(stage, "div", className), surface = html(frame, "canvas", "");
    set(surface, { tabindex: 0, role: "slider", "aria-valuemin": 1, "aria-valuemax": SIDE });
    return [surface, html(frame, "div", "marker")];
  };
  const [square, across] = framed("square"), [strip, along] = framed("strip");
  set(strip, { "aria-label": "The same pixels in one line of 784" });
  return { square, across, strip, along, words: html(stage, "p", "words"), row: 12 };
}

function paint(surface, pixels, columns) {
  Object.assign(surface, { width: columns, height: pixels.length / columns });
  const context = surface.getContext("2d"), image = context.createImageData(surface.width, surface.height);
  pixels.forEach((level, index) => image.data.set([level, level, level, 255], index * 4));
  context.putImageData(image, 0, 0);
}
