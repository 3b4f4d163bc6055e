// A network's numbers in rows. Whoever shows a number binds it by name; `write` tells all who did.
const bind = (state, name, update) => (state.binds[name] ??= []).push(update);
function write(state, name) { for (const update of state.binds[name] ?? []) update(state.values[name]); }

// Below the picture, one row for each neuron: every product, the bias, the sum and what the activation makes of it.
function ledger(stage, state) {
  const { data } = state.component, box = html(stage, "div", "ledger");
  const nodes = data.layers.flatMap((layer) => layer.nodes), inputs = new Set(nodes.filter((node) => node.input).map((node) => node.id));
  state.rows = { words: html(box, "p", "words") };
  if (data.compact) return;
  for (const node of nodes.filter((node) => !node.input)) {
    const row = state.rows[node.id] = html(box, "div", "row");
    html(row, "b", "", `${node.label} = `);
    data.edges.filter((edge) => edge.to === node.id).forEach((edge, index) => {
      const term = html(row, "span", "term", index ? " + " : "");
      if (edge.from) number(state, term, `a:${edge.from}`, inputs.has(edge.from) ? 2 : 3), html(term, "span", "", " × ");
      number(state, term, `w:${edge.id}`, 2, true);
      const product = html(term, "small", "", "");
      bind(state, `w:${edge.id}`, (value) => { product.style.color = data.palette[value < 0 ? "negative" : "positive"]; });
      if (edge.from) number(state, product, `p:${edge.id}`, 3);
      else product.textContent = "bias";
    });
    const sum = html(row, "span", "term", " = "), result = html(row, "span", "term", ` → ${node.activation} → `);
    number(state, sum, `s:${node.id}`, 3), html(sum, "small", "", "sum");
    number(state, result, `a:${node.id}`, 3), html(result, "small", "", "output");
  }
}

// Show a neuron's row alone, or its words where it has none.
function openRow(state, id, words) {
  const row = state.rows[id] ?? state.rows.words;
  for (const other of Object.values(state.rows)) other.hidden = other !== row;
  if (row === state.rows.words) row.textContent = words;
}

function number(state, parent, name, digits, inside = false) {
  const element = html(parent, "span", "number");
  element.dataset.value = name;
  bind(state, name, (value) => { element.textContent = inside && value < 0 ? `(${fixed(value, digits)})` : fixed(value, digits); });
}
