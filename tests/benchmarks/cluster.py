"""Runs on a cluster: how fast an actor begins, obeys and comes back: `python -m tests.benchmarks.cluster`.

It starts a Ray of its own on this machine; `make test-cluster` installs what it needs.
"""

import os
import signal
import statistics
import tempfile
import threading
import time
from pathlib import Path

from core.model import ModelConfig
from core.runs import Pause, Resume, RunSpec, Status, Stop
from core.runs.spec import TRAIN_DIGITS
from core.training import TrainConfig
from tests.benchmarks.report import write_section
from tests.ray_support import end_cluster, process_of, ray_engine_in
from tests.runs_support import until, until_over, until_poll

ROUNDS = 3
OWNER = "benchmark"
POLL_SECONDS = 0.5  # as the pages ask
WATCHERS = 10  # learners who look at one run, one web process
QUICK = RunSpec.of_recipe("quick")
BEGIN = "submit to first record, an actor is ready"
COMMANDS = (("pause", Pause(), Status.PAUSED), ("resume", Resume(), Status.RUNNING), ("stop", Stop(), Status.STOPPED))
LONG = RunSpec(ModelConfig((256,)), TrainConfig(epochs=100))


def first_record(engine) -> tuple[str, float]:
    """Submit a run; return its id and the seconds to its first record."""
    started = time.perf_counter()
    run = engine.submit(LONG, OWNER)
    until_poll(engine, run, OWNER, lambda progress: progress.records)
    return run, time.perf_counter() - started


def seconds_of(engine, run: str, act, condition) -> float:
    """Return the seconds from an act to the first progress for which the condition holds."""
    started = time.perf_counter()
    act()
    until_poll(engine, run, OWNER, condition)
    return time.perf_counter() - started


def answer_times(engine) -> dict[str, float]:
    """Return medians, in seconds, of what a learner waits for."""
    times: dict[str, list[float]] = {BEGIN: [], "pause": [], "resume": [], "stop": []}
    for _ in range(ROUNDS):
        run, waited = first_record(engine)
        times[BEGIN].append(waited)
        for name, command, status in COMMANDS:
            act = lambda r=run, c=command: engine.control(r, OWNER, c)  # noqa: E731
            times[name].append(seconds_of(engine, run, act, lambda p, s=status: p.status == s))
    return {name: statistics.median(values) for name, values in times.items()}


def comes_back(engine) -> tuple[float, int]:
    """Kill the process of a run; return the seconds until another one trains it, and the steps taken twice."""
    run, _ = first_record(engine)
    until_poll(engine, run, OWNER, lambda p: p.records[-1].seconds > 2)
    pid = until(lambda: process_of(engine, run))
    step = engine.poll(run, OWNER).step
    kill = lambda: os.kill(pid, signal.SIGKILL)  # noqa: E731
    seconds = seconds_of(engine, run, kill, lambda p: "took over after step" in p.message)
    again = int(engine.poll(run, OWNER).message.split("after step ")[1].split(".")[0])
    engine.control(run, OWNER, Stop())
    until_over(engine, run, OWNER)
    return seconds, max(0, step - again)


def memory(engine) -> tuple[float, float]:
    """Return the MB that an actor with a run holds, and how much of it is its own."""
    run, _ = first_record(engine)
    text = Path(f"/proc/{until(lambda: process_of(engine, run))}/smaps_rollup").read_text()
    engine.control(run, OWNER, Stop())
    until_over(engine, run, OWNER)
    lines = {line.split(":")[0]: line.split()[1] for line in text.splitlines()[1:]}
    return int(lines["Rss"]) / 1024, (int(lines["Private_Clean"]) + int(lines["Private_Dirty"])) / 1024


def speed(engine, watchers: int) -> float:
    """Return a run's examples a second of training while some learners watch it, weights included."""
    run = engine.submit(QUICK, OWNER)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL_SECONDS):
            engine.poll(run, OWNER)
            engine.snapshot(run, OWNER)

    threads = [threading.Thread(target=watch) for _ in range(watchers)]
    for thread in threads:
        thread.start()
    while engine._store.runs_of(OWNER, 1)[0].status.live:  # asks no actor
        time.sleep(POLL_SECONDS)
    over.set()
    for thread in threads:
        thread.join()
    return QUICK.training.epochs * TRAIN_DIGITS / engine._store.runs_of(OWNER, 1)[0].seconds


def measure() -> list[tuple[str, str, str]]:
    """Return what was measured, how much, and what is wanted."""
    with tempfile.TemporaryDirectory() as folder, ray_engine_in(Path(folder)) as engine:
        run, cold = first_record(engine)
        engine.control(run, OWNER, Stop())
        until_over(engine, run, OWNER)
        rows = [("submit to first record, just after the cluster has started", f"{cold:.2f} s", "")]
        rows += [
            (name, f"{value:.2f} s", "" if name == BEGIN else "≤ 0.2 s") for name, value in answer_times(engine).items()
        ]
        seconds, twice = comes_back(engine)
        rows.append(("actor killed to training again, steps taken twice", f"{seconds:.2f} s, {twice}", "≤ 2 s of work"))
        resident, own = memory(engine)
        rows.append(("memory of an actor with a run, of that its own", f"{resident:.0f} MB, {own:.0f} MB", ""))
        ratios = [speed(engine, WATCHERS) / speed(engine, 0) for _ in range(ROUNDS)]
    lost = f"{100 * (1 - statistics.median(ratios)):.1f} %"
    return [*rows, (f"training speed lost to {WATCHERS} watchers, median of {ROUNDS} pairs", lost, "≤ 10 %")]


def main() -> None:
    """Measure, and write the figures to `docs/benchmarks.md`."""
    try:
        rows = measure()
    finally:
        end_cluster()
    write_section("A cluster", "tests.benchmarks.cluster", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
