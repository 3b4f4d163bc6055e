// Matrices with signs between them, the last one their result, cell by cell: a cell of the result lights the row, the
// column or the cell of each that it is made of, and is written out in the words that Python sent. Reports "cell" [row,
// column] when one is chosen.
const SIGNS = { "-1": "negative", 0: "neutral", 1: "positive" }; // names of colours
const TAKES = {
  row: ([row], i) => i === row,
  column: ([, column], i, j) => j === column,
  cell: ([row, column], i, j) => i === row && j === column,
};

export default function ({ data, parentElement, setTriggerValue }) {
  const stage = parentElement.querySelector(".stage");
  const focused = stage.getRootNode().activeElement?.dataset?.cell;
  stage.replaceChildren();
  const line = html(stage, "div", "line");
  const blocks = data.blocks.map((told, index) => {
    if (told.sign) html(line, "span", "sign", told.sign);
    return block(line, told, data.palette, index === data.blocks.length - 1);
  });
  const words = html(stage, "p", "words");
  words.setAttribute("aria-live", "polite");

  const show = (place) => {
    blocks.forEach((cells, index) => cells.forEach((cell) => cell.classList.toggle("lit", TAKES[data.blocks[index].takes](place, ...at(cell)))));
    words.textContent = data.words[place[0]][place[1]];
  };
  for (const cell of blocks.at(-1)) {
    const place = at(cell);
    cell.onpointerenter = cell.onfocus = () => show(place);
    cell.onpointerleave = cell.onblur = () => show(data.selected);
    cell.onclick = () => { data.selected = place; show(place); setTriggerValue("cell", place); };
    cell.onkeydown = (event) => step(event, place, blocks.at(-1));
    if (cell.dataset.cell === focused) cell.focus();
  }
  show(data.selected);
}

const at = (cell) => cell.dataset.cell.split(",").map(Number);

function step(event, [row, column], cells) {
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const next = move && cells.find((cell) => cell.dataset.cell === `${row + move[0]},${column + move[1]}`);
  if (next) { event.preventDefault(); next.focus(); }
}

function block(parent, { name, shape, rows, signs }, palette, isResult) {
  const figure = html(parent, "figure", "block"), grid = sideways(html(figure, "div", "grid-cells"));
  grid.style.gridTemplateColumns = `repeat(${rows[0].length}, auto)`;
  html(figure, "figcaption", "", `${name}  ${shape}`);
  return rows.flatMap((row, i) => row.map((text, j) => {
    const cell = html(grid, isResult ? "button" : "span", "cell", text);
    cell.dataset.cell = `${i},${j}`;
    if (isResult) cell.setAttribute("aria-label", `${name}, row ${i + 1}, column ${j + 1}: ${text}`);
    cell.style.setProperty("--tint", palette[SIGNS[signs[i][j]]]);
    return cell;
  }));
}
