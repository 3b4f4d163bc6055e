"""Workers killed at random moments: every run ends complete, with the bits of an undisturbed one."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from core.model import ModelConfig
from core.runs import RunSpec, Status
from core.runs.embedded import EmbeddedEngine
from core.training import StepRecord, TrainConfig
from tests.reliability.figures import Figure, share
from tests.runs_support import engine_in, same_weights, undisturbed, until, until_over, until_poll

SPEC = RunSpec(ModelConfig((64,)), TrainConfig(epochs=4, batch_size=128))  # 1,876 steps, some three seconds
SEEDS = 5
LATEST = 0.8  # of a run: what is told of its steps is up to 0.1 s old, and it must not end before its worker does
MOST_REPEATED = 2.0  # seconds of training


@dataclass(frozen=True)
class Kill:
    """One run whose worker was killed."""

    hit: bool  # the worker had the run when it died
    complete: bool
    equal: bool
    repeated: float  # seconds of training done twice


def killed_workers(folder: Path, count: int) -> list[Figure]:
    """Kill the workers of `count` runs, each at a random step of its run."""
    return figures(kill_many(folder, count))


def kill_many(folder: Path, count: int, workers: int = 2, seed: int = 0) -> list[Kill]:
    """Return what each of `count` killed workers left."""
    references = {index: undisturbed(spec(index)) for index in range(min(SEEDS, count))}
    rng = random.Random(seed)
    moments = [rng.randrange(1, int(LATEST * SPEC.total_steps)) for _ in range(count)]
    with engine_in(folder, workers) as engine, ThreadPoolExecutor(workers) as learners:

        def play(index: int) -> Kill:
            return kill_once(engine, f"learner {index}", spec(index % SEEDS), moments[index], references[index % SEEDS])

        return list(learners.map(play, range(count)))


def figures(kills: list[Kill]) -> list[Figure]:
    """Return the lines of the document."""
    return [
        share("workers killed while they trained", [kill.hit for kill in kills]),
        share("runs that end complete", [kill.complete for kill in kills]),
        share("whose weights equal an undisturbed run's, bit by bit", [kill.equal for kill in kills]),
        _repeated([kill.repeated for kill in kills]),
    ]


def spec(index: int) -> RunSpec:
    """Return the run with a seed of its own."""
    return replace(SPEC, training=replace(SPEC.training, seed=index))


def kill_once(engine: EmbeddedEngine, owner: str, spec: RunSpec, moment: int, reference: bytes) -> Kill:
    """Submit a run, kill its worker at a step, wait for its end and hold it against the reference."""
    run = engine.submit(spec, owner)
    before = until_poll(engine, run, owner, lambda progress: progress.step >= moment or not progress.status.live)
    worker = next((worker for worker in engine._supervisor.pool if worker.run_id == run), None)
    if worker is not None and worker.pid is not None:  # none: the last step came first
        os.kill(worker.pid, signal.SIGKILL)
    ended = until_over(engine, run, owner)
    until(lambda: run not in engine._supervisor.runs)  # the store has it
    stored = engine.poll(run, owner)
    snapshot = engine.snapshot(run, owner)
    complete = stored.status == Status.FINISHED and stored.step == spec.total_steps and _whole(stored.records)
    equal = snapshot is not None and same_weights(snapshot.weights, reference)
    return Kill("died" in ended.message, complete, equal, _twice(ended.message, before.records, stored.records))


def _whole(records: tuple[StepRecord, ...]) -> bool:
    """Whether records rise from the first step to the last, each told once, with every epoch's end."""
    steps = [record.step for record in records]
    ends = [record.step for record in records if record.test_accuracy is not None]
    epoch = SPEC.total_steps // SPEC.training.epochs
    return steps == sorted(set(steps)) and steps[0] == 1 and ends == list(range(epoch, SPEC.total_steps + 1, epoch))


def _twice(message: str, before: tuple[StepRecord, ...], records: tuple[StepRecord, ...]) -> float:
    """Return the seconds of training between the step that was taken up again and the last one known before."""
    if "after step " not in message:
        return 0.0
    again = int(message.split("after step ")[1].split(".")[0])
    reached = max((record.seconds for record in before), default=0.0)
    kept = max((record.seconds for record in records if record.step <= again), default=0.0)
    return max(reached - kept, 0.0)


def _repeated(seconds: list[float]) -> Figure:
    worst, mean = max(seconds), sum(seconds) / len(seconds)
    told = f"{worst:.2f} s at most, {mean:.2f} s on average"
    return Figure("training done twice", told, f"≤ {MOST_REPEATED:.0f} s", worst <= MOST_REPEATED)
