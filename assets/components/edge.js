// Put a handle at (x, y), or, where that is outside of the box, at its edge: there it is an arrow outwards beside
// `text`, in a row of several. Returns where the handle is, and whether it is outside.
function lay(handle, x, y, { left, top, right, bottom }, text, row = 0) {
  const px = clamp(x, left, right), py = clamp(y, top, bottom), isOut = Math.hypot(x - px, y - py) > 0.5;
  handle.style.transform = `translate(${px}px, ${py}px)`;
  handle.classList.toggle("outside", isOut);
  if (isOut) {
    const [arrow, note] = (handle.out ??= outside(handle)), turn = Math.atan2(Math.sign(y - py), Math.sign(x - px));
    const side = px > (left + right) / 2 ? -1 : 1, down = py > (top + bottom) / 2 ? -1 : 1;
    set(arrow, { transform: `rotate(${(turn * 180) / Math.PI})` });
    set(note, { x: 14 * side, y: 4 + (6 + 16 * row) * down, "text-anchor": side < 0 ? "end" : "start" });
    note.textContent = text;
  }
  return { px, py, isOut };
}

function outside(handle) {
  const fill = handle.querySelector(".ball").getAttribute("fill");
  return [svg(handle, "path", { class: "out", fill, d: "M-9 -8L7 0L-9 8Z" }), svg(handle, "text", { class: "note out" })];
}
