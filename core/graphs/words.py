"""Plain mathematics for a drawing: numbers, names, an operation on its arguments and its slopes, in Unicode."""

from collections.abc import Sequence

from core.words import equals_sign, in_brackets, number_text, superscript

# What an operation is, and its slope in each argument; a and b are the arguments' names, y is the result's.
FORMULAS = {
    "+": "{a} + {b}",
    "−": "{a} − {b}",
    "×": "{a} · {b}",
    "/": "{a} / {b}",
    "neg": "−{a}",
    "abs": "|{a}|",
    "sqrt": "√{a}",
    "max": "max({a}, {b})",
    "min": "min({a}, {b})",
}
SLOPES: dict[str, tuple[str, ...]] = {
    "+": ("1", "1"),
    "−": ("1", "−1"),
    "×": ("{b}", "{a}"),
    "/": ("1/{b}", "−{a}/{b}²"),
    "**": ("{b} · {a}^({b} − 1)", "{y} · ln {a}"),
    "max": ("[{a} > {b}]", "[{b} > {a}]"),
    "min": ("[{a} < {b}]", "[{b} < {a}]"),
    "neg": ("−1",),
    "exp": ("{y}",),
    "log": ("1/{a}",),
    "sin": ("cos {a}",),
    "cos": ("−sin {a}",),
    "tanh": ("1 − {y}²",),
    "sqrt": ("1/(2{y})",),
    "abs": ("sign {a}",),
    "relu": ("[{a} > 0]",),
    "sigmoid": ("{y} · (1 − {y})",),
}


def factors(numbers: Sequence[float]) -> str:
    """Return a product written out: 1 · 3 · (−4)."""
    return " · ".join(in_brackets(number_text(number)) for number in numbers)


def terms(numbers: Sequence[float]) -> str:
    """Return a sum written out: 1 + 3 − 4."""
    texts = [number_text(number) for number in numbers]
    return texts[0] + "".join(f" − {text[1:]}" if text.startswith("−") else f" + {text}" for text in texts[1:])


def worked_out(calculation: str, numbers: Sequence[float], result: float) -> str:
    """Return a calculation with these numbers and its result: = 3 · 4 = 12, or ≈ 0.3333 · 2 ≈ 0.6667 where rounded."""
    return f"{equals_sign(*numbers)} {calculation} {equals_sign(*numbers, result)} {number_text(result)}"


def partial(of: str, to: str) -> str:
    """Return ∂of/∂to."""
    return f"∂{of}/∂{to}"


def power(base: str, exponent: str) -> str:
    """Return a power: x², x⁻¹, or x^y when the exponent is a name."""
    plain = all(character in "0123456789−" for character in exponent)
    return in_brackets(base) + (superscript(exponent) if plain else f"^{in_brackets(exponent)}")


def formula(op: str, arguments: Sequence[str]) -> str:
    """Return an operation on its arguments' names: x², 3 · n, sin(x)."""
    if op == "**":
        return power(*arguments)
    names = dict(zip("ab", (in_brackets(argument) for argument in arguments), strict=False))
    return FORMULAS[op].format(**names) if op in FORMULAS else f"{op}({arguments[0]})"


def slope(op: str, position: int, arguments: Sequence[str], result: str) -> str:
    """Return the slope of an operation in the argument at `position`, such as 2x for x²."""
    if op == "**" and position == 0 and _is_number(arguments[1]):
        return _power_rule(arguments[0], float(arguments[1].replace("−", "-")))
    names = dict(zip("ab", (in_brackets(argument) for argument in arguments), strict=False))
    return SLOPES[op][position].format(y=result, **names)


def _is_number(text: str) -> bool:
    return text.replace("−", "").replace(".", "").isdigit()


def _power_rule(base: str, exponent: float) -> str:
    """Return n · aⁿ⁻¹ for a plain exponent n."""
    if exponent in (0, 1):
        return number_text(exponent)
    rest = base if exponent == 2 else power(base, number_text(exponent - 1))
    return number_text(exponent) + (rest if rest[0].isalpha() else f" · {rest}")
