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
    plain = [to_latex(argument) for argument in tree.arguments]  # once each: twice would be 2^depth

    def bracketed(index: int, at_least: int) -> str:
        return _bracketed(tree.arguments[index], plain[index], at_least)

    around = {"/": r"\frac{%s}{%s}", "sqrt": r"\sqrt{%s}", "exp": "e^{%s}", "abs": r"\left|%s\right|"}
    if tree.op in around:
        return around[tree.op] % tuple(plain)
    if tree.op in FUNCTIONS:
        return rf"{FUNCTIONS[tree.op]}\left({', '.join(plain)}\right)"
    if tree.op == "neg":
        return "-" + bracketed(0, PRODUCT)
    if tree.op == "**":
        return f"{bracketed(0, ATOM)}^{{{plain[1]}}}"
    if tree.op == "×":
        second = bracketed(1, POWER)
        return bracketed(0, MINUS) + (r" \cdot " if second[0].isdigit() else " ") + second
    sign = {"+": " + ", "−": " - "}[tree.op]
    return bracketed(0, SUM) + sign + bracketed(1, PRODUCT)


def _bracketed(tree: Tree, plain: str, at_least: int) -> str:
    """Return an argument's LaTeX, in brackets when it holds together less tightly than `at_least`."""
    strength = STRENGTH.get(tree.op, ATOM) if isinstance(tree, Apply) else ATOM
    return plain if strength >= at_least else rf"\left({plain}\right)"
