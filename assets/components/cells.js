// A map of numbers in rows of cells, as plotly.js calls a heatmap: an image of a pixel a cell, stretched over the axes.
const SHADES = 256;

// A trace with a point for each cell, from left to right and from the first row down.
function spread(trace) {
  const z = numbers(trace.z), columns = z.length / trace.y.length;
  return { ...trace, z, x: z.map((_, i) => i % columns), y: z.map((_, i) => trace.y[Math.floor(i / columns)]) };
}

// The colours of a scale as bytes, red, green, blue and opacity of each shade; the first is that of the lowest number alone.
function ramp(colours) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SHADES, height: 1 }), pen = canvas.getContext("2d");
  pen.fillStyle = pen.createLinearGradient(0.5, 0, SHADES - 0.5, 0);
  for (const [at, colour] of colours) pen.fillStyle.addColorStop(at, colour);
  pen.fillRect(0, 0, SHADES, 1);
  return pen.getImageData(0, 0, SHADES, 1).data;
}

function cells(surface, trace, { left, right, top, bottom }) {
  const rows = new Set(trace.y).size, columns = trace.z.length / rows, shades = ramp(trace.colorscale);
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows }), pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  trace.z.forEach((z, i) => {
    const share = clamp((z - trace.zmin) / (trace.zmax - trace.zmin), 0, 1);
    const shade = share && Math.max(1, Math.round(share * (SHADES - 1)));
    image.data.set(shades.subarray(4 * shade, 4 * shade + 4), 4 * i);
  });
  pen.putImageData(image, 0, 0);
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  svg(surface, "image", { ...box, href: canvas.toDataURL(), preserveAspectRatio: "none", class: "cells" });
  for (let row = 1; row < rows; row++) {
    const y = top + (row * box.height) / rows;
    svg(surface, "line", { x1: left, x2: right, y1: y, y2: y, class: "gap", "stroke-width": trace.ygap });
  }
}
