"""A computation graph with a play head: the component `graph`, drawing a table of `core.graphs.table`.

    show_graph(graph_table(loss), "square", alt="…")          # inside a fragment

The head stands in the URL under `step`; without it, it stands where forward is done and backward is about to start.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.graphs.table import GraphTable
from pages.ui.components import mount, reported
from pages.ui.reports import valid_step
from pages.ui.state import forget_url, set_url, url_integer

BUTTONS = ("To the start", "Step back", "Step on", "All at once")
HEAD = "Play head"
HINT = "Point at a box or a line to see its whole chain, from the result back to it."
MOST_LINES = 7


def show_graph(
    table: GraphTable,
    key: str,
    alt: str,
    url: str = "step",
    picked: str = "",
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Show the graph; `picked` is whose chain stands out, `on_pick(name)` runs when another one is clicked."""
    names = {edge.name: f"e{number}" for number, edge in enumerate(table.edges) if edge.name}

    def stepped() -> None:
        step = valid_step(reported(key, "step"), len(table.steps))
        if step is not None:
            set_url(url, step, table.turn)

    def chosen() -> None:
        name = reported(key, "pick")
        if isinstance(name, str) and name in names and on_pick:
            on_pick(name)

    step = url_integer(url, table.turn, 0, len(table.steps) - 1)
    own = {"step": step, "picked": names.get(picked, picked), "pickable": on_pick is not None, "alt": alt}
    mount("graph", {**drawing(table), **own}, key, {"step": stepped, "pick": chosen})


def drawing(table: GraphTable) -> dict[str, Any]:
    """Return the table as the component takes it."""
    longest = max(len(chain.lines) for chain in table.chains.values())
    return {
        "nodes": [asdict(node) for node in table.nodes],
        "edges": [asdict(edge) for edge in table.edges],
        "slots": [
            {"owner": slot.owner, "cell": slot.cell, "role": slot.role, "at": slot.changes} for slot in table.slots
        ],
        "steps": [asdict(step) for step in table.steps],
        "turn": table.turn,
        "chains": {owner: asdict(chain) for owner, chain in table.chains.items()},
        "lines": min(longest, MOST_LINES),
        "size": table.size,
        "words": (*BUTTONS, HEAD, HINT),
    }


def forget_step() -> None:
    """Put the play head of the next graph to its own start: at the end of forward."""
    forget_url("step")
