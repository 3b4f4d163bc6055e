"""Figures on their way into a component: JSON has no place for what is not finite."""

import json
import math

from pages.ui.charts import plain


def test_numbers_that_are_not_finite_are_none():
    trace = {"x": (1.0, math.nan), "y": [math.inf, -math.inf, 2], "text": ["1"], "line": {"width": 2.5, "dash": None}}
    sent = plain(trace)
    assert sent == {"x": [1.0, None], "y": [None, None, 2], "text": ["1"], "line": {"width": 2.5, "dash": None}}
    assert json.loads(json.dumps(sent, allow_nan=False)) == sent
