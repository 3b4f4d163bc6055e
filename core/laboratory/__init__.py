"""The laboratory: a process of its own for experiments, so that those who only move a slider do not wait for them.

Python runs one thread at a time. An experiment of half a second in the web process slows down the whole class.
"""

from core.laboratory.elsewhere import experiment, open_laboratory

__all__ = ["experiment", "open_laboratory"]
