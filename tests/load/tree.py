"""What a page shows, put together from the deltas of the websocket as Streamlit's own page does it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.Delta_pb2 import Delta

ROOTS = 4  # main, sidebar, events, bottom
WORDS = ("markdown", "heading", "text", "metric", "code", "alert", "progress", "plotly_chart", "bidi_component", "imgs")


@dataclass
class Node:
    """An element, or a block with what stands in it; with the run and the fragment that put it there."""

    kind: str
    content: Any = None  # the protobuf message of the element or block
    run: str = ""
    fragment: str = ""
    children: list[Self] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Whether other nodes can stand in it."""
        return self.kind.startswith("block:")

    @property
    def label(self) -> str:
        """What a reader calls the widget."""
        return str(getattr(self.content, "label", ""))


class Tree:
    """The nodes of a page."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Take everything away."""
        self.roots = [Node("block:root") for _ in range(ROOTS)]

    def apply(self, path: Sequence[int], delta: Delta, run: str) -> Node | None:
        """Put an element or a block at its place, in blocks that belong to the run from now on.

        A block takes over what stood in a block of its kind. Raises `LookupError` where the page has no such place.
        """
        new = _made(delta, run)
        if new is None:
            return None
        parent = self.roots[path[0]]
        for index in path[1:-1]:
            parent.run, parent = run, parent.children[index]
        parent.run, place = run, path[-1]
        if place == len(parent.children):
            parent.children.append(new)
        else:
            old = parent.children[place]
            new.children = old.children if new.is_block and new.kind == old.kind else []
            parent.children[place] = new
        return new

    def finish(self, run: str, fragments: Sequence[str]) -> None:
        """Take away what the run that ended, of the whole page or of fragments, has not shown again."""
        for root in self.roots:
            root.children = _fresh(root.children, run, fragments, "")

    def __iter__(self) -> Iterator[Node]:
        for root in self.roots:
            yield from _below(root)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """The nodes of some kinds, from the top of the page down."""
        return (node for node in self if node.kind in kinds)

    def exceptions(self) -> list[str]:
        """What stands on the page as an exception."""
        return [f"{node.content.type}: {node.content.message}" for node in self.of_kind("exception")]

    def errors(self) -> list[str]:
        """What stands on the page as `st.error`."""
        return [node.content.body for node in self.of_kind("alert") if node.content.format == Alert.ERROR]

    def answer(self) -> tuple[str, ...]:
        """Everything a reader can read or see: words, numbers, pictures, charts; two are equal when they look alike."""
        return tuple(_shown(node) for node in self.of_kind(*WORDS))


def _made(delta: Delta, run: str) -> Node | None:
    change = delta.WhichOneof("type")
    if change not in ("new_element", "add_block"):
        return None
    message = getattr(delta, change)
    kind = message.WhichOneof("type")
    content = getattr(message, kind) if kind else message
    return Node(kind or "" if change == "new_element" else f"block:{kind}", content, run, delta.fragment_id)


def _fresh(nodes: list[Node], run: str, fragments: Sequence[str], within: str) -> list[Node]:
    """Return the nodes that stay; `within` is the fragment that ran and that the nodes stand in, if any."""
    kept = []
    for node in nodes:
        stale = node.run != run
        if stale and (not fragments or (within and (node.is_block or node.fragment))):
            continue
        ran = node.is_block and node.fragment in fragments and not stale
        node.children = _fresh(node.children, run, fragments, node.fragment if ran else within)
        kept.append(node)
    return kept


def _below(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _below(child)


def _shown(node: Node) -> str:
    content = node.content
    match node.kind:
        case "metric":
            return f"{content.label}: {content.body}"
        case "code":
            return str(content.code_text)
        case "progress":
            return f"{content.value} {content.text}"
        case "plotly_chart":
            return str(content.spec)
        case "bidi_component":
            return content.json or str(content.bytes or content.mixed)
        case "imgs":
            return " ".join(image.url for image in content.imgs)
    return str(content.body)
