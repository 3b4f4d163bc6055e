// A sheet of small pictures with a word under each: digits with guesses, weights, stages of a preparation.
export default function tiles({ data, parentElement }) {
  const stage = parentElement.querySelector(".stage");
  stage.classList.add("tiles");
  stage.style.setProperty("--least", `${data.least}px`);
  while (stage.children.length > data.tiles.length) stage.lastChild.remove();
  data.tiles.forEach((tile, index) => {
    const figure = stage.children[index] ?? empty(stage);
    const [image, caption] = figure.children;
    if (image.getAttribute("src") !== tile.src) image.src = tile.src;
    image.alt = tile.alt;
    figure.title = tile.alt;
    caption.textContent = tile.caption;
    caption.hidden = !tile.caption;
    caption.style.color = tile.tone ? data.palette[tile.tone] : "inherit";
  });
}

function empty(stage) {
  const figure = html(stage, "figure");
  html(figure, "img");
  html(figure, "figcaption");
  return figure;
}
