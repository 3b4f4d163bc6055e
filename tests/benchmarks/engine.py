"""A run in a worker next to the command line, and how fast it answers: `python -m tests.benchmarks.engine`."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.model import ModelConfig
from core.paths import ROOT
from core.runs import Pause, Resume, RunSpec, SetLearningRate, Status, StepN, Stop
from core.runs.embedded import EmbeddedEngine
from core.runs.spec import TRAIN_DIGITS
from core.training import TrainConfig
from tests.benchmarks.report import write_section
from tests.runs_support import engine_in, until, until_over, until_poll

ROUNDS = 3
OWNER = "benchmark"
QUICK = RunSpec.of_recipe("quick")
LONG = RunSpec(ModelConfig((256,)), TrainConfig(epochs=100))


def measure() -> dict[str, float]:
    """Return speeds in examples a second, latencies in milliseconds and memory in MB, by what they are."""
    with tempfile.TemporaryDirectory() as folder, engine_in(Path(folder)) as engine:
        until_over(engine, engine.submit(RunSpec(ModelConfig((8,)), TrainConfig(epochs=1)), OWNER), OWNER)  # warm
        shell, worker, first = [], [], []
        for _ in range(ROUNDS):
            shell.append(shell_speed())
            speed, latency = engine_speed(engine)
            worker.append(speed)
            first.append(latency)
        result = {
            "command line, examples/s": statistics.median(shell),
            "worker and polling, examples/s": statistics.median(worker),
            "worker / command line": statistics.median(w / s for w, s in zip(worker, shell, strict=True)),
            "submit to first record, ms": 1000 * statistics.median(first),
        }
        return result | answer_times(engine) | memory(engine)


def shell_speed() -> float:
    """Return the speed that the command line says."""
    command = [sys.executable, "-m", "core.training", "--recipe", "quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["examples_per_second"])


def engine_speed(engine: EmbeddedEngine) -> tuple[float, float]:
    """Return a run’s speed from submit to end by the wall clock, and the seconds to its first record."""
    started = time.perf_counter()
    run = engine.submit(QUICK, OWNER)
    until_poll(engine, run, OWNER, lambda progress: progress.records)
    first = time.perf_counter() - started
    after, asked = 0, 0.0
    while (progress := engine.poll(run, OWNER, after)).status.live:
        after = progress.next
        if time.perf_counter() - asked >= 0.5:
            asked = time.perf_counter()
            engine.snapshot(run, OWNER)
        time.sleep(0.05)
    return QUICK.training.epochs * TRAIN_DIGITS / (time.perf_counter() - started), first


def answer_times(engine: EmbeddedEngine) -> dict[str, float]:
    """Return the milliseconds from each command, and from a worker's death, to the progress that shows it."""
    run = engine.submit(LONG, OWNER)
    until_poll(engine, run, OWNER, lambda progress: progress.records)
    times: dict[str, list[float]] = {}

    def timed(name, act, condition):
        started = time.perf_counter()
        act()
        until_poll(engine, run, OWNER, condition)
        times.setdefault(name, []).append(1000 * (time.perf_counter() - started))

    for rate in (0.001, 0.002, 0.003, 0.001, 0.002):
        timed(
            "learning rate, ms",
            lambda: engine.control(run, OWNER, SetLearningRate(rate)),  # noqa: B023 (called at once)
            lambda progress: progress.learning_rate == rate,  # noqa: B023
        )
        timed("pause, ms", lambda: engine.control(run, OWNER, Pause()), lambda p: p.status == Status.PAUSED)
        step = engine.poll(run, OWNER).step
        timed("one step, ms", lambda: engine.control(run, OWNER, StepN(1)), lambda p: p.step == step + 1)  # noqa: B023
        timed("resume, ms", lambda: engine.control(run, OWNER, Resume()), lambda p: p.status == Status.RUNNING)
    worker = until(lambda: next((w for w in engine._supervisor.pool if w.run_id == run), None))
    if hasattr(signal, "SIGKILL"):
        kill = lambda: os.kill(worker.pid, signal.SIGKILL)  # noqa: E731
        timed("worker killed to noticed, ms", kill, lambda p: "process that trained this run died" in p.message)
        timed("noticed to training again, ms", lambda: None, lambda p: "took over" in p.message)
    timed("stop, ms", lambda: engine.control(run, OWNER, Stop()), lambda p: p.status == Status.STOPPED)
    return {name: statistics.median(values) for name, values in times.items()}


def memory(engine: EmbeddedEngine) -> dict[str, float]:
    """Return what a worker holds, and how much of that is its own, where the system tells."""
    path = Path(f"/proc/{engine._supervisor.pool[0].pid}/smaps_rollup")
    if not path.exists():
        return {}
    lines = {line.split(":")[0]: line.split()[1] for line in path.read_text().splitlines()[1:]}
    own = int(lines["Private_Clean"]) + int(lines["Private_Dirty"])
    return {"worker, MB": int(lines["Rss"]) / 1024, "worker without what it shares, MB": own / 1024}


WANTED = {
    "worker / command line": "≥ 0.8",
    "learning rate, ms": "≤ 200",
    "pause, ms": "≤ 200",
    "one step, ms": "≤ 200",
    "resume, ms": "≤ 200",
    "stop, ms": "≤ 200",
}


def main() -> None:
    """Measure, and write the figures to `docs/benchmarks.md`."""
    rows = [(name, f"{value:,.2f}", WANTED.get(name, "")) for name, value in measure().items()]
    write_section("The engine", "tests.benchmarks.engine", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
