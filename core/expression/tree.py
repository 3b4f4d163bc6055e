"""The tree of a formula: numbers and names are its leaves, operations its forks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number, and how it is shown: 3, 0.5, pi."""

    value: float
    text: str


@dataclass(frozen=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True)
class Apply:
    """An operation of `core.operations.OPERATIONS` on its arguments."""

    op: str
    arguments: "tuple[Tree, ...]"


Tree = Number | Name | Apply
