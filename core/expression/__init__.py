"""Formulas that a reader types: parsed through a whitelist, never run as Python."""

from core.expression.check import ExpressionError
from core.expression.formula import CONSTANTS, FUNCTIONS, TENSOR_OPERATIONS, Expression, fold, parse

__all__ = ["CONSTANTS", "FUNCTIONS", "TENSOR_OPERATIONS", "Expression", "ExpressionError", "fold", "parse"]
