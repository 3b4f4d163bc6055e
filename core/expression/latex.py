"""A formula's tree as LaTeX."""

from core.expression.tree import Apply, Name, Number, Tree

SUM, MINUS, PRODUCT, POWER, ATOM = range(5)  # how tightly an operation holds its arguments
STRENGTH = {"+": SUM, "−": SUM, "×": PRODUCT, "neg": MINUS, "**": POWER, "/": POWER, "exp": POWER}
FUNCTIONS = {
    "sin": r"\sin",
    "cos": r"\cos",
    "tanh": r"\tanh",
    "log": r"\ln",
    "sigmoid": r"\sigma",
    "relu": r"\mathrm{ReLU}",
    "max": r"\max",
    "min": r"\min",
}


def to_latex(tree: Tree) -> str:
    """Return a formula's tree as LaTeX, with no more brackets than it needs."""
    if isinstance(tree, Number):
        return _number(tree)
    if isinstance(tree, Name):
        letters = tree.name.rstrip("0123456789")
        letter = letters if len(letters) == 1 else rf"\mathrm{{{letters}}}".replace("_", r"\_")
        return letter + (f"_{{{tree.name[len(letters) :]}}}" if letters != tree.name else "")
    return _apply(tree)


def _number(tree: Number) -> str:
    if tree.text == "pi":
        return r"\pi"
    mantissa, _, exponent = tree.text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if mantissa and exponent else tree.text


def _apply(tree: Apply) -> str:
    """Return an operation as LaTeX; fractions, roots, exponentials and bars bracket their arguments by themselves."""
    plain = [to_latex(argument) for argument in tree.arguments]
    around = {"/": r"\frac{%s}{%s}", "sqrt": r"\sqrt{%s}", "exp": "e^{%s}", "abs": r"\left|%s\right|"}
    if tree.op in around:
        return around[tree.op] % tuple(plain)
    if tree.op in FUNCTIONS:
        return rf"{FUNCTIONS[tree.op]}\left({', '.join(plain)}\right)"
    if tree.op == "neg":
        return "-" + _bracketed(tree.arguments[0], PRODUCT)
    left, right = tree.arguments
    if tree.op == "**":
        return f"{_bracketed(left, ATOM)}^{{{plain[1]}}}"
    if tree.op == "×":
        second = _bracketed(right, POWER)
        return _bracketed(left, MINUS) + (r" \cdot " if second[0].isdigit() else " ") + second
    sign = {"+": " + ", "−": " - "}[tree.op]
    return _bracketed(left, SUM) + sign + _bracketed(right, PRODUCT)


def _bracketed(tree: Tree, at_least: int) -> str:
    """Return the LaTeX of an argument, in brackets when it holds together less tightly than `at_least`."""
    strength = STRENGTH.get(tree.op, ATOM) if isinstance(tree, Apply) else ATOM
    plain = to_latex(tree)
    return plain if strength >= at_least else rf"\left({plain}\right)"
