"""Checkpoints: a training state as a file that is whole or not used, so that a run goes on exactly where it was."""

import hashlib
import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from core.files import write_atomically
from core.training.loop import TrainingState

SLOTS = 2  # written in turn: when the newest file is damaged, the one before it is there
DIGEST = 32  # bytes of SHA-256 before the safetensors file, which has no checksum of its own


class CheckpointError(RuntimeError):
    """A checkpoint is damaged or belongs to another network."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a checkpoint file holds."""

    step: int
    seconds: float
    learning_rate: float
    model: dict[str, Tensor]
    optimizer: dict[str, Tensor]  # "0.exp_avg": the first parameter's exp_avg


def encode(state: TrainingState) -> bytes:
    """Return weights, optimiser memory, step, seconds and learning rate as a safetensors file: a copy of the state."""
    tensors = {f"model/{name}": tensor for name, tensor in state.model.state_dict().items()}
    for index, memory in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer/{index}.{name}": value for name, value in memory.items() if value is not None}
    numbers = {"step": state.step, "seconds": state.seconds, "learning_rate": state.learning_rate}
    return save({k: v.detach().contiguous() for k, v in tensors.items()}, {"numbers": json.dumps(numbers)})


def seal(content: bytes) -> bytes:
    """Return `content` behind its SHA-256."""
    return hashlib.sha256(content).digest() + content


def decode(sealed: bytes) -> Checkpoint:
    """Return the checkpoint that `encode` and `seal` made; raises `CheckpointError` when a single bit differs."""
    content = sealed[DIGEST:]
    if seal(content) != sealed:
        raise CheckpointError("the file is damaged")
    try:
        tensors = load(content)
        length = int.from_bytes(content[:8], "little")  # of the JSON header
        numbers = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["numbers"])
        return Checkpoint(**numbers, model=_below("model/", tensors), optimizer=_below("optimizer/", tensors))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"the file cannot be read: {error}") from None


def restore(state: TrainingState, checkpoint: Checkpoint) -> None:
    """Put a checkpoint into `state` (mutated); raises `CheckpointError` when it belongs to another network."""
    memory: dict[int, dict[str, Any]] = {}
    for key, value in checkpoint.optimizer.items():
        index, name = key.split(".", 1)
        memory.setdefault(int(index), {})[name] = value
    try:
        state.model.load_state_dict(checkpoint.model)
        groups = state.optimizer.state_dict()["param_groups"]
        state.optimizer.load_state_dict({"state": memory, "param_groups": groups})
    except (RuntimeError, ValueError) as error:
        raise CheckpointError(f"it belongs to another network: {error}") from None
    state.step, state.seconds, state.learning_rate = checkpoint.step, checkpoint.seconds, checkpoint.learning_rate


class CheckpointFiles:
    """The checkpoint files of one run."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.paths = [folder / f"{run_id}.{slot}.checkpoint" for slot in range(SLOTS)]
        self._turn = 0

    def write(self, content: bytes) -> None:
        """Write the newest checkpoint over the oldest; raises `OSError`, the others intact."""
        write_atomically(self.paths[self._turn % SLOTS], seal(content))
        self._turn += 1

    def newest(self) -> tuple[Checkpoint | None, int]:
        """Return the newest whole checkpoint, or None, and the number of damaged ones; the next write spares it."""
        whole: list[tuple[int, int, Checkpoint]] = []
        damaged = 0
        for slot, path in enumerate(self.paths):
            try:
                checkpoint = decode(path.read_bytes())
                whole.append((checkpoint.step, slot, checkpoint))
            except FileNotFoundError:
                continue
            except (CheckpointError, OSError):
                damaged += 1
        if not whole:
            return None, damaged
        _, slot, checkpoint = max(whole, key=lambda found: found[:2])
        self._turn = slot + 1
        return checkpoint, damaged

    def remove(self) -> None:
        """Delete the files."""
        for path in self.paths:
            path.unlink(missing_ok=True)

    def size(self) -> int:
        """Return the bytes that the files take."""
        return sum(path.stat().st_size for path in self.paths if path.exists())


class CheckpointWriter:
    """Writes checkpoints in a thread, so that a slow disk does not hold up a step."""

    def __init__(self, files: CheckpointFiles) -> None:
        self._files = files
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    @property
    def writing(self) -> bool:
        """Whether a checkpoint is being written or its `result` has not been asked for."""
        return self._writing is not None

    @property
    def busy(self) -> bool:
        """Whether the last checkpoint is still being written."""
        return self._writing is not None and not self._writing.done()

    def start(self, state: TrainingState) -> None:
        """Copy the state and begin to write it."""
        self._writing = self._thread.submit(self._files.write, encode(state))

    def result(self) -> str | None:
        """Return what went wrong with the checkpoint just written ("" for nothing), or None when none is new."""
        if self._writing is None or not self._writing.done():
            return None
        done, self._writing = self._writing, None
        try:
            done.result()
        except OSError as error:
            return f"The run goes on, but it cannot be saved ({error.strerror or error}). Free some space on the disk."
        return ""

    def finish(self, wait: bool = True) -> str | None:
        """Take no more checkpoints, wait for the one under way unless told not to, and return its `result`."""
        self._thread.shutdown(wait=wait)
        return self.result()


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
