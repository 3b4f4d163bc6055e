"""Numbers as words of a sentence: the same minus sign, the same powers of ten on every page and in every picture."""

import math

SUPERSCRIPTS = str.maketrans("0123456789−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PLAIN = {raised: plain for table in (SUPERSCRIPTS, SUBSCRIPTS) for plain, raised in table.items()}


def superscript(text: str) -> str:
    """Return a whole number as an exponent: ⁻¹²."""
    return text.translate(SUPERSCRIPTS)


def subscript(text: str) -> str:
    """Return a text with its digits lowered: x₁."""
    return text.translate(SUBSCRIPTS)


def on_the_line(text: str) -> str:
    """Return a text with raised and lowered digits as plain ones: w123 for w¹₂₃."""
    return text.translate(PLAIN)


def number_text(value: float, digits: int = 4, *, places: int | None = None) -> str:
    """Return a number in `digits` significant digits, or with at most `places` decimals: −0.3333, 2 · 10⁻⁷, ∞.

    Up to ten million it is written whole: 123457, not 1.235 · 10⁵.
    """
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if places is not None:
        value, digits = round(value, places), 6
    value += 0.0  # no minus before a zero
    whole = 10**digits <= abs(value) < 1e7
    mantissa, _, exponent = f"{value:.0f}".partition("e") if whole else f"{value:.{digits}g}".partition("e")
    text = mantissa.replace("-", "−")
    return f"{text} · 10{superscript(str(int(exponent)))}" if exponent else text


def is_rounded(value: float, digits: int = 4, *, places: int | None = None) -> bool:
    """Return whether `number_text` loses some of a finite number, beyond the last bits that arithmetic leaves."""
    if places is not None:
        return not math.isclose(value, round(value, places), rel_tol=1e-12, abs_tol=1e-15) or is_rounded(value, 6)
    whole = 10**digits <= abs(value) < 1e7
    return not math.isclose(value, float(f"{value:.0f}" if whole else f"{value:.{digits}g}"), rel_tol=1e-12)


def equals_sign(*values: float, digits: int = 4, places: int | None = None) -> str:
    """Return the sign before a calculation with these numbers: =, or ≈ where one of them is rounded."""
    rounded = (is_rounded(value, digits, places=places) for value in values if math.isfinite(value))
    return "≈" if any(rounded) else "="


def equals_text(value: float, digits: int = 4) -> str:
    """Return a result with the sign before it: = 0.5, or ≈ 0.3333 where it is rounded."""
    return f"{equals_sign(value, digits=digits)} {number_text(value, digits)}"


def mark_text(value: float, digits: int = 4, *, places: int | None = None) -> str:
    """Return a number as it stands alone in a picture or a table: 0.638, and ≈ 1 where only rounding makes it whole.

    One with decimals is read as rounded, a whole one as exact.
    """
    text = number_text(value, digits, places=places)
    return f"≈ {text}" if "." not in text and is_rounded(value, digits, places=places) else text


def fixed_text(value: float, places: int) -> str:
    """Return a number with exactly so many decimals, for columns: −0.50."""
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def in_brackets(text: str) -> str:
    """Return a factor as it stands in a product: a negative number or a sum in brackets."""
    bare = text.startswith("(") and text.endswith(")")
    return f"({text})" if not bare and (text.startswith("−") or " " in text) else text
