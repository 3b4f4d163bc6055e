"""The first look at a formula that a reader typed: kind words and the exact spot, before it is parsed."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from core.operations import OPERATIONS

MAX_LENGTH = 200

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<operator>\*\*|[+\-*/])|(?P<open>\()|(?P<close>\))|(?P<comma>,)",
    re.ASCII,
)
INSTEAD = {  # what people type, and what to type here
    "^": "**",
    "×": "*",
    "·": "*",
    "−": "-",
    "–": "-",
    "÷": "/",
    "²": "**2",
    "³": "**3",
    "√": "sqrt( )",
    "π": "pi",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "|": "abs( )",
    "ln": "log",
    "pow": "**",
    "tan": "sin( )/cos( )",
}


class ExpressionError(ValueError):
    """A formula that cannot be used: what is wrong, and where."""

    def __init__(self, message: str, text: str, column: int) -> None:
        super().__init__(message)
        self.text = text
        self.column = column  # the first character is 0

    @property
    def pointer(self) -> str:
        """The formula, and under it a caret at the spot; for a fixed-width font."""
        shown = "".join(c if c.isprintable() else " " for c in self.text[:MAX_LENGTH])
        return f"{shown}\n{' ' * min(self.column, len(shown))}^"


@dataclass(frozen=True)
class Token:
    """A piece of a formula: number, name, operator, open, close or comma."""

    kind: str
    text: str
    column: int

    @property
    def ends_value(self) -> bool:
        """Whether a value may end here: after a number, a name or a closing bracket."""
        return self.kind in ("number", "name", "close")

    @property
    def starts_value(self) -> bool:
        """Whether a value may start here."""
        return self.kind in ("number", "name", "open")


def check_text(text: str, functions: Collection[str], names: Sequence[str]) -> None:
    """Raise `ExpressionError` for a formula that cannot be right: characters, names, brackets, missing operators."""
    if len(text) > MAX_LENGTH:
        message = f"The formula has {len(text)} characters; at most {MAX_LENGTH} are read. Make it shorter."
        raise ExpressionError(message, text, MAX_LENGTH)
    tokens = split(text)
    if not tokens:
        raise ExpressionError(f"There is no formula yet. Type one, such as 3*{names[0]}**2 + 2.", text, 0)
    for token in tokens:
        if token.kind == "name" and token.text not in (*functions, *names):
            raise ExpressionError(unknown_name(token.text, functions, names), text, token.column)
    check_commas(tokens, text, functions)
    check_neighbours(tokens, text, functions)
    check_brackets(tokens, text)


def split(text: str) -> list[Token]:
    """Return the pieces of a formula, spaces left out; raises `ExpressionError` at a character not used here."""
    tokens, column = [], 0
    while column < len(text):
        match = TOKEN.match(text, column)
        if match is None:
            character = text[column]
            hint = f" Write {INSTEAD[character]} instead." if character in INSTEAD else ""
            hint = " A formula is one number; it compares nothing and sets nothing." if character in "=<>" else hint
            raise ExpressionError(f"“{character}” cannot be used in a formula.{hint}", text, column)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group(), column))
        column = match.end()
    return tokens


def unknown_name(name: str, functions: Collection[str], names: Collection[str]) -> str:
    """Return a sentence about a name that means nothing here, with the nearest one that does."""
    near = [INSTEAD[name]] if name in INSTEAD else get_close_matches(name, [*functions, *names], 1)
    if near:
        return f"“{name}” is not known here. Did you mean {near[0]}?"
    return f"“{name}” is not known here. There are {', '.join(names)}, and {', '.join(functions)}."


def check_neighbours(tokens: list[Token], text: str, functions: Collection[str]) -> None:
    """Raise `ExpressionError` where two values stand side by side, as in 2x or (x + 1)(x − 1)."""
    for left, right in pairwise(tokens):
        is_call = left.text in functions and right.kind == "open"
        if left.text in functions and right.kind in ("number", "name"):
            message = f"{left.text} needs brackets after it: write {example(left.text, right.text)}."
            raise ExpressionError(message, text, right.column)
        if left.ends_value and right.starts_value and not is_call:
            message = f"An operator is missing. To multiply, write {left.text}*{right.text}."
            raise ExpressionError(message, text, right.column)


def example(function: str, value: str) -> str:
    """Return a call that may be typed: sin(x), max(x, 0)."""
    return f"{function}({value}{', 0' * (OPERATIONS[function].arity - 1)})"


def check_commas(tokens: list[Token], text: str, functions: Collection[str]) -> None:
    """Raise `ExpressionError` at a comma that stands in no function's brackets, such as in 3,5."""
    calls: list[bool] = []  # of the brackets that are open, which are a function's
    for index, token in enumerate(tokens):
        if token.kind == "open":
            calls.append(index > 0 and tokens[index - 1].text in functions)
        elif token.kind == "close" and calls:
            calls.pop()
        elif token.kind == "comma" and not any(calls[-1:]):
            around = tokens[max(index - 1, 0) : index + 2]
            decimal = [piece.text for piece in around if piece.kind == "number"]
            hint = f"Decimals have a point here: write {'.'.join(decimal)}." if len(decimal) == 2 else "Leave it out."
            message = f"A comma stands only between two values in a function's brackets. {hint}"
            raise ExpressionError(message, text, token.column)


def check_brackets(tokens: list[Token], text: str) -> None:
    """Raise `ExpressionError` at a bracket without its partner, or when the formula stops after an operator."""
    opened = []
    for token in tokens:
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and not opened:
            raise ExpressionError("This bracket was never opened.", text, token.column)
        elif token.kind == "close":
            opened.pop()
    if tokens[-1].kind in ("operator", "open", "comma"):
        raise ExpressionError(f"Something is missing after {tokens[-1].text} here.", text, tokens[-1].column + 1)
    if opened:
        raise ExpressionError("This bracket is never closed.", text, opened[-1].column)
