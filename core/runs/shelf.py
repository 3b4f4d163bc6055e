"""What the store says of runs that no worker has in hand; every engine shows them alike."""

from collections.abc import Iterable
from contextlib import suppress

from safetensors.torch import save

from core.runs.engine import RunSummary, Snapshot, UnknownRun
from core.runs.live import RESUMABLE
from core.runs.rows import RunRow
from core.runs.store import Store


def stored_snapshot(row: RunRow, store: Store) -> Snapshot | None:
    """Return the newest weights of a run: its final ones, or those of a checkpoint after which it can go on."""
    config = row.read_spec().model
    found = store.weights(row.id)
    snapshot = None if found is None else Snapshot(row.id, found[0], config, found[1])
    checkpoint = store.files(row.id).newest()[0] if row.status in RESUMABLE else None
    if checkpoint is not None and (snapshot is None or checkpoint.step > snapshot.step):
        return Snapshot(row.id, checkpoint.step, config, save(checkpoint.model))
    return snapshot


def summaries(rows: Iterable[RunRow], limit: int) -> list[RunSummary]:
    """Return what a list of runs shows, newest first; runs that another version of the project wrote are left out."""
    lines = []
    for row in sorted(rows, key=lambda row: row.created, reverse=True)[:limit]:
        with suppress(UnknownRun):
            spec = row.read_spec()
            lines.append(RunSummary(row.id, spec, row.status, row.created, row.step, row.test_accuracy))
    return lines
