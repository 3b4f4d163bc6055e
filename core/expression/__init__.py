"""Formulas that a reader types: parsed through a whitelist, never run as Python."""

from core.expression.check import ExpressionError
from core.expression.formula import CONSTANTS, FUNCTIONS, Expression, fold, parse

__all__ = ["CONSTANTS", "FUNCTIONS", "Expression", "ExpressionError", "fold", "parse"]
