// The numbers of a figure in the words of plotly.js, and an axis for them: its range, where a value is, its ticks.
// And texts that stand clear of each other.
const KINDS = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };

// Numbers as a list: as they are, or from bytes in base64, where one that is not finite is a gap.
function numbers(values) {
  if (!values?.bdata) return values ?? [];
  const bytes = Uint8Array.from(atob(values.bdata), (letter) => letter.charCodeAt(0));
  return Array.from(new KINDS[values.dtype](bytes.buffer), (value) => (Number.isFinite(value) ? value : null));
}

// A value in one of the formats .3g, .0e and .1%.
function written(value, format = ".5g") {
  if (typeof value !== "number") return value ?? "undefined";
  const digits = Number(format[1]), kind = format.at(-1);
  return kind === "%" ? `${fixed(100 * value, digits)}%` : short(value, kind === "e" ? digits + 1 : digits);
}

// One axis: the range it shows, where a value is, and its ticks.
class Axis {
  constructor(settings, values, room) {
    this.settings = settings;
    this.names = settings.type === "category" ? [...new Set(values)] : null;
    this.isLog = settings.type === "log";
    const shown = values.filter((value) => value !== null && (value > 0 || !this.isLog)).map((value) => this.own(value));
    const asked = settings.range?.every(Number.isFinite) && settings.range;
    this.range = this.names ? [-0.5, this.names.length - 0.5] : asked || this.around(shown, room);
    if (settings.autorange === "reversed") this.range = [...this.range].reverse();
  }

  own(value) { return this.names ? this.names.indexOf(value) : this.isLog ? Math.log10(value) : value; }

  around(values, room) {
    if (!values.length) return [0, 1];
    const low = Math.min(...values), high = Math.max(...values), margin = low === high ? 0.5 : room * (high - low);
    return this.settings.rangemode === "tozero" ? [Math.min(0, low), high + margin] : [low - margin, high + margin];
  }

  span(from, to) {
    const place = scale(...this.range, from, to);
    Object.assign(this, { from, to, at: (value) => place(this.own(value)) });
  }

  // Pairs of a value and its text, about so many.
  ticks(about) {
    const { tickvals, ticktext, tickformat, dtick } = this.settings;
    const low = Math.min(...this.range), high = Math.max(...this.range);
    if (this.names) return this.names.map((name) => [name, name]);
    if (tickvals) return tickvals.map((value, i) => [value, ticktext[i]])
      .filter(([value]) => this.own(value) >= low - 1e-9 && this.own(value) <= high + 1e-9);
    return ticks(low, high, dtick ? Math.min(about, (high - low) / dtick) : about)
      .map((value) => [value, tickformat ? written(value, tickformat) : short(value, 4)]);
  }
}

// Raise a text by the rows it takes to stand clear of those `taken`.
const ROW = 15; // pixels from one line of text to the next
function raise(text, taken) {
  const { x, width } = text.getBBox(), covers = (other) => x < other.x + other.width && other.x < x + width;
  let y = Number(text.getAttribute("y"));
  while (taken.some((other) => covers(other) && Math.abs(other.y - y) < ROW)) y -= ROW;
  set(text, { y });
  taken.push({ x, width, y });
}
