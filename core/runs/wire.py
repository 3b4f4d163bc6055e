"""What crosses a pipe: which message, its fields as JSON, weights as they are; no pickle, which can run code."""

import json
import struct
from collections.abc import Callable
from dataclasses import fields
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path
from typing import Any, get_type_hints

from core.runs.engine import Command, Pause, Resume, SetLearningRate, Status, StepN, Stop
from core.runs.messages import Answer, Changed, Ended, Job, Look, Park, Report, Saved, Started, Weights
from core.training.loop import StepRecord

Message = Job | Command | Look | Park | Answer
MESSAGES: tuple[type[Message], ...] = (
    Job, Pause, Resume, StepN, SetLearningRate, Stop, Look, Park, Started, Report, Changed, Weights, Saved, Ended,
)  # fmt: skip
HEAD = struct.Struct(">BI")  # place in `MESSAGES`, bytes of JSON; what follows the JSON is weights
LARGEST = 64 * 2**20  # bytes of a message; the weights of the largest network take 8 MB
NOTHING = type(None)


class WireError(ValueError):
    """These bytes are no message of ours."""


def tell(pipe: Connection, message: object) -> None:
    """Send a message; raises `OSError` when nobody listens."""
    pipe.send_bytes(encode(message))


def hear(pipe: Connection) -> Message:
    """Wait for a message; raises `EOFError` or `OSError` when nobody speaks, `WireError` for what is no message."""
    return decode(pipe.recv_bytes(LARGEST))


def hear_answer(pipe: Connection) -> Answer:
    """Wait for what a worker says; raises as `hear` does, and `WireError` for a message that only servers send."""
    answer = hear(pipe)
    if not isinstance(answer, Answer):
        raise WireError(f"{type(answer).__name__} is no answer of a worker")
    return answer


def encode(message: object) -> bytes:
    """Return a message as bytes; raises `KeyError` for anything that is none."""
    number, names = _PLACES[type(message)]
    values = [getattr(message, name) for name in names]
    weights = next((value for value in values if isinstance(value, bytes)), b"")
    text = json.dumps([True if isinstance(value, bytes) else value for value in values], default=_plain).encode()
    return b"".join((HEAD.pack(number, len(text)), text, weights))


def decode(content: bytes) -> Message:
    """Return the message that `encode` made bytes of, every field checked; raises `WireError` for other bytes."""
    try:
        number, length = HEAD.unpack_from(content)
        kind, readers = _READERS[number]
        values = json.loads(content[HEAD.size : HEAD.size + length])
        if type(values) is not list:
            raise TypeError("no list of fields")
        weights = content[HEAD.size + length :]
        read = [reader(value, weights) for reader, value in zip(readers, values, strict=True)]
        if weights and weights not in read:
            raise ValueError("bytes without a field")
        message: Message = kind(*read)
    except (struct.error, IndexError, TypeError, ValueError, RecursionError) as error:
        raise WireError(f"{len(content)} bytes are no message: {error}") from None
    return message


def _plain(value: object) -> object:
    """Return what JSON can hold in place of a record or a path."""
    if isinstance(value, StepRecord):
        return _record_values(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"a message cannot hold {value!r}")


def _one_of(*kinds: type) -> Callable[[object, bytes], Any]:
    """Return a reader that lets values of exactly these types through."""

    def read(value: object, weights: bytes) -> object:
        if type(value) not in kinds:
            raise TypeError(f"{value!r:.50} stands where {kinds[0].__name__} belongs")
        return value

    return read


def _records(rows: Any, weights: bytes) -> tuple[StepRecord, ...]:
    if not rows:
        raise ValueError("a report without records")
    return tuple(_record(row) for row in rows)


def _record(row: Any) -> StepRecord:
    for value, kinds in zip(row, _RECORD_KINDS, strict=True):
        if type(value) not in kinds:
            raise TypeError(f"{value!r:.50} in a record")
    return StepRecord(*row)


def _weights(value: object, weights: bytes) -> bytes:
    if value is not True:
        raise TypeError(f"{value!r:.50} stands where weights belong")
    return weights


_text = _one_of(str)
_FIELD_READERS: dict[Any, Callable[[Any, bytes], Any]] = {
    str: _text,
    int: _one_of(int),
    float: _one_of(float, int),
    int | None: _one_of(int, NOTHING),
    Path: lambda value, weights: Path(_text(value, weights)),
    Status: lambda value, weights: Status(_text(value, weights)),
    tuple[StepRecord, ...]: _records,
    bytes: _weights,
    bytes | None: lambda value, weights: None if value is None else _weights(value, weights),
}
_RECORD_FIELDS = tuple(field.name for field in fields(StepRecord))
_RECORD_TYPES = {float: (float, int), int: (int,), bool: (bool,), float | None: (float, int, NOTHING)}
_RECORD_KINDS = tuple(_RECORD_TYPES[get_type_hints(StepRecord)[name]] for name in _RECORD_FIELDS)
_record_values = attrgetter(*_RECORD_FIELDS)


def _readers(message: type) -> tuple[Callable[[Any, bytes], Any], ...]:
    hints = get_type_hints(message)
    return tuple(_FIELD_READERS[hints[field.name]] for field in fields(message))


_READERS = tuple((message, _readers(message)) for message in MESSAGES)
_PLACES: dict[type, tuple[int, tuple[str, ...]]] = {
    message: (n, tuple(field.name for field in fields(message))) for n, message in enumerate(MESSAGES)
}
