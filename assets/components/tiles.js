// A sheet of small pictures with a word under each: digits with guesses, weights, stages of a preparation.
// Each has a source of its own, or all are levels of pixels behind a line of JSON (pages/ui/tiles.py says how).
export default function tiles({ data, parentElement }) {
  const stage = parentElement.querySelector(".stage"), told = data instanceof Uint8Array ? unpacked(data) : data;
  stage.classList.add("tiles");
  stage.style.setProperty("--least", `${told.least}px`);
  while (stage.children.length > told.tiles.length) stage.lastChild.remove();
  told.tiles.forEach((tile, index) => {
    const figure = stage.children[index] ?? empty(stage, told.levels ? "canvas" : "img");
    const [image, caption] = figure.children;
    if (told.levels) paint(image, told, index);
    else if (image.getAttribute("src") !== tile.src) image.src = tile.src;
    image.setAttribute(told.levels ? "aria-label" : "alt", tile.alt);
    figure.title = tile.alt;
    caption.textContent = tile.caption;
    caption.hidden = !tile.caption;
    caption.style.color = tile.tone ? told.palette[tile.tone] : "inherit";
  });
}

function empty(stage, tag) {
  const figure = html(stage, "figure"), image = html(figure, tag);
  if (tag === "canvas") image.setAttribute("role", "img");
  html(figure, "figcaption");
  return figure;
}

function unpacked(data) {
  const end = data.indexOf(10); // the line's end
  return { ...JSON.parse(new TextDecoder().decode(data.subarray(0, end))), levels: data.subarray(end + 1) };
}

// Levels 0 … 255 as ink, or as a sign's colour: 128 is nothing, 1 the strongest negative number, 255 the positive.
function paint(canvas, { size, signed, palette, levels }, index) {
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const pixels = new Uint8ClampedArray(4 * size * size), first = index * size * size;
  const colours = signed && [palette.negative, palette.positive].map(rgb);
  for (let i = 0; i < size * size; i += 1) {
    const level = levels[first + i];
    if (signed) pixels.set([...colours[+(level > 128)], 2 * Math.abs(level - 128)], 4 * i);
    else pixels.set([level, level, level, 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(new ImageData(pixels, size, size), 0, 0);
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
