// x · W + b = result, cell by cell: a cell of the result shows the row and the column it is made of, and its sum in the
// words that Python sent. Reports "cell" [row, column] when one is chosen.
export default function ({ data, parentElement, setTriggerValue }) {
  const stage = parentElement.querySelector(".stage");
  const focused = stage.getRootNode().activeElement?.dataset?.cell;
  stage.replaceChildren();
  const line = html(stage, "div", "line");
  const blocks = {};
  for (const part of ["x", "weights", "bias", "result"]) {
    if (part !== "x") html(line, "span", "sign", { weights: "·", bias: "+", result: "=" }[part]);
    blocks[part] = block(line, data[part], data.palette, part === "result");
  }
  const words = html(stage, "p", "words");
  words.setAttribute("aria-live", "polite");

  const show = ([row, column]) => {
    const lit = { x: (i) => i === row, weights: (i, j) => j === column, bias: (i, j) => j === column, result: (i, j) => i === row && j === column };
    for (const [part, cells] of Object.entries(blocks))
      cells.forEach((cell) => cell.classList.toggle("lit", lit[part](...cell.dataset.cell.split(",").map(Number))));
    words.textContent = data.words[row][column];
  };
  for (const cell of blocks.result) {
    const place = cell.dataset.cell.split(",").map(Number);
    cell.onpointerenter = cell.onfocus = () => show(place);
    cell.onpointerleave = cell.onblur = () => show(data.selected);
    cell.onclick = () => { data.selected = place; show(place); setTriggerValue("cell", place); };
    cell.onkeydown = (event) => step(event, place, blocks.result);
    if (cell.dataset.cell === focused) cell.focus();
  }
  show(data.selected);
}

function step(event, [row, column], cells) {
  const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const next = move && cells.find((cell) => cell.dataset.cell === `${row + move[0]},${column + move[1]}`);
  if (next) { event.preventDefault(); next.focus(); }
}

function block(parent, { name, shape, rows }, palette, isResult) {
  const figure = html(parent, "figure", "block"), grid = html(figure, "div", "grid-cells");
  grid.style.gridTemplateColumns = `repeat(${rows[0].length}, auto)`;
  html(figure, "figcaption", "", `${name}  ${shape}`);
  return rows.flatMap((row, i) => row.map((text, j) => {
    const cell = html(grid, isResult ? "button" : "span", "cell", text);
    cell.dataset.cell = `${i},${j}`;
    if (isResult) cell.setAttribute("aria-label", `${name}, row ${i + 1}, column ${j + 1}: ${text}`);
    cell.style.setProperty("--tint", text.startsWith("−") ? palette.negative : palette.positive);
    return cell;
  }));
}
