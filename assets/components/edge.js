// Put a handle at (x, y), or, where that is outside of the box, at its edge: there it is an arrow outwards beside
// `text`, a row farther in for each of those `taken` that it would cover. Returns where it is, and whether outside.
const ROW = 20, LETTER = 6.5; // pixels
function lay(handle, x, y, { left, top, right, bottom }, text, taken = []) {
  const px = clamp(x, left, right), py = clamp(y, top, bottom), isOut = Math.hypot(x - px, y - py) > 0.5;
  let row = py;
  handle.classList.toggle("outside", isOut);
  if (isOut) {
    const [arrow, note] = (handle.out ??= outside(handle)), turn = Math.atan2(Math.sign(y - py), Math.sign(x - px));
    const side = px > (left + right) / 2 ? -1 : 1, down = py > (top + bottom) / 2 ? -1 : 1;
    const ends = [px - 14 * side, px + side * (14 + LETTER * text.length)], from = Math.min(...ends), to = Math.max(...ends);
    while (taken.some((other) => from < other.to && other.from < to && Math.abs(row - other.row) < ROW)) row += ROW * down;
    taken.push({ from, to, row });
    set(arrow, { transform: `rotate(${(turn * 180) / Math.PI})` });
    set(note, { x: 14 * side, y: 4 + 6 * down, "text-anchor": side < 0 ? "end" : "start" });
    note.textContent = text;
  }
  handle.style.transform = `translate(${px}px, ${row}px)`;
  return { px, py, isOut };
}

function outside(handle) {
  const fill = handle.querySelector(".ball").getAttribute("fill");
  return [svg(handle, "path", { class: "out", fill, d: "M-9 -8L7 0L-9 8Z" }), svg(handle, "text", { class: "note out" })];
}
