"""How a run looks from outside, while it lives and when only the store knows it."""

from core.runs.engine import Progress
from core.runs.live import RESUMABLE, LiveRun
from core.runs.rows import RunRow
from core.runs.spec import MAX_SECONDS, TRAIN_DIGITS
from core.runs.store import Store


def progress_of_run(run: LiveRun, after: int, position: int | None, wait: float | None) -> Progress:
    """Return how a run in memory stands for whoever asks; its records from the `after`th on."""
    after = min(max(after, 0), len(run.records))
    return Progress(
        run_id=run.id,
        spec=run.spec,
        status=run.status,
        message=" ".join(filter(None, (run.message, run.trouble, run.unsaved))),
        records=tuple(run.records[after:]),
        next=len(run.records),
        step=run.step,
        total_steps=run.spec.total_steps,
        learning_rate=run.learning_rate,
        position=position,
        wait_seconds=wait,
        seconds_left=run.seconds_left() if run.status.live and run.speed() else None,
        examples_per_second=run.speed(),
        resumable=run.status in RESUMABLE and run.seconds <= MAX_SECONDS,
    )


def progress_of_row(row: RunRow, store: Store, after: int) -> Progress:
    """Return how a run of the store stands; raises `UnknownRun` when another version of the project wrote it."""
    spec = row.read_spec()
    after = min(max(after, 0), row.records)
    examples = row.step * spec.training.epochs * TRAIN_DIGITS / spec.total_steps
    return Progress(
        run_id=row.id,
        spec=spec,
        status=row.status,
        message=row.message,
        records=store.records(row.id, after),
        next=row.records,
        step=row.step,
        total_steps=spec.total_steps,
        learning_rate=row.learning_rate,
        examples_per_second=examples / row.seconds if row.seconds else None,
        resumable=row.status in RESUMABLE and row.seconds <= MAX_SECONDS,
    )
