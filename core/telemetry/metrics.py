"""Figures that only grow, and histograms, counted in this process and written as OpenMetrics text."""

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
MOST_SERIES = 200  # of one figure; labels are few by design, and this holds it
SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)


@dataclass(frozen=True)
class Figure:
    """One figure: what it tells, the name of its label if it has one, and its bounds if it is a histogram."""

    help: str
    label: str = ""
    bounds: tuple[float, ...] = ()


COUNTERS: dict[str, Figure] = {
    "seven_steps_runs_submitted": Figure("Runs that learners submitted or took up again."),
    "seven_steps_runs_ended": Figure("Runs that ended, by how.", "status"),
    "seven_steps_runs_refused": Figure("Runs that were not taken because a queue was full."),
    "seven_steps_workers_lost": Figure("Worker processes that died under a run."),
    "seven_steps_page_errors": Figure("Faults that a learner was told about."),
    "seven_steps_rate_limited": Figure("Actions that were refused because they came too fast.", "action"),
}
HISTOGRAMS: dict[str, Figure] = {
    "seven_steps_run_seconds": Figure("Seconds of training that an ended run took.", bounds=SECONDS),
    "seven_steps_queue_wait_seconds": Figure("Seconds from the queue to a worker.", bounds=SECONDS),
}
GAUGES: dict[str, Figure] = {
    "seven_steps_runs_queued": Figure("Runs that wait for a worker."),
    "seven_steps_runs_running": Figure("Runs that a worker trains."),
    "seven_steps_runs_paused": Figure("Runs that their learners have paused."),
    "seven_steps_workers": Figure("Worker processes that live."),
    "seven_steps_sessions": Figure("Browser tabs that are connected."),
}


class Metrics:
    """The counters and histograms of a process; each method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], float] = {
            (n, ""): 0.0 for n, figure in COUNTERS.items() if not figure.label
        }
        self._buckets = {name: [0] * (len(figure.bounds) + 1) for name, figure in HISTOGRAMS.items()}
        self._sums = dict.fromkeys(HISTOGRAMS, 0.0)

    def count(self, name: str, label: str = "") -> None:
        """Add one to a counter."""
        with self._lock:
            known = (name, label) in self._counts or len(self._counts) < MOST_SERIES
            key = (name, label if known else "other")
            self._counts[key] = self._counts.get(key, 0.0) + 1

    def observe(self, name: str, value: float) -> None:
        """Put a value into a histogram."""
        with self._lock:
            self._buckets[name][bisect_left(HISTOGRAMS[name].bounds, value)] += 1
            self._sums[name] += value

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return everything as OpenMetrics text, with the values of some of `GAUGES` as they are now."""
        with self._lock:
            counts, sums = dict(self._counts), dict(self._sums)
            buckets = {name: list(row) for name, row in self._buckets.items()}
        lines: list[str] = []
        for name, figure in COUNTERS.items():
            lines += _head(name, "counter", figure)
            for (counted, label), value in sorted(counts.items()):
                if counted == name:
                    lines.append(f"{name}_total{_label(figure.label, label)} {value:g}")
        for name, figure in HISTOGRAMS.items():
            lines += _head(name, "histogram", figure) + _histogram(name, figure, buckets[name], sums[name])
        for name, value in gauges.items():
            lines += [*_head(name, "gauge", GAUGES[name]), f"{name} {value:g}"]
        return "\n".join([*lines, "# EOF", ""])


def _head(name: str, kind: str, figure: Figure) -> list[str]:
    return [f"# TYPE {name} {kind}", f"# HELP {name} {figure.help}"]


def _label(name: str, value: str) -> str:
    if not name:
        return ""
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{{{name}="{escaped}"}}'


def _histogram(name: str, figure: Figure, row: list[int], total: float) -> list[str]:
    lines, below = [], 0
    for bound, number in zip((*figure.bounds, float("inf")), row, strict=True):
        below += number
        edge = "+Inf" if bound == float("inf") else f"{bound:.1f}"
        lines.append(f'{name}_bucket{{le="{edge}"}} {below}')
    return [*lines, f"{name}_sum {total:g}", f"{name}_count {below}"]


@lru_cache(maxsize=1)
def get_metrics() -> Metrics:
    """Return the figures of this process."""
    return Metrics()
