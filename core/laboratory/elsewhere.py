"""Functions whose work is done in the laboratory while it is open, and right here otherwise, with the same result."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from core.laboratory.bench import EXPERIMENTS, travelling
from core.laboratory.laboratory import Laboratory, LaboratoryError
from core.laboratory.wire import decode, encode
from core.once import made_once

P = ParamSpec("P")
T = TypeVar("T")

_open: Laboratory | None = None
_here = Lock()  # one at a time, when all who waited for a laboratory that died do their work alone


def experiment(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep a function's newest results, as `made_once` does, and let the laboratory make them while it is open.

    Its arguments and its result are numbers, texts, tuples, tensors and dataclasses of these; an experiment asks for no
    other one. When the laboratory has no result for whatever reason, the function is called as if there were none.
    """

    def marked(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def done(*args: P.args, **kwargs: P.kwargs) -> T:
            laboratory = _open
            if laboratory is None:
                return function(*args, **kwargs)
            with suppress(LaboratoryError):
                result: T = _ask(laboratory, function, inspect.signature(function).bind(*args, **kwargs))
                return result
            with _here:
                return function(*args, **kwargs)

        EXPERIMENTS[_name(function)] = function
        return made_once(maxsize)(done)

    return marked


@contextmanager
def open_laboratory() -> Iterator[None]:
    """Have experiments done in a process of their own inside the `with`."""
    global _open
    _open = laboratory = Laboratory()
    try:
        yield
    finally:
        _open = None
        laboratory.close()


def _ask(laboratory: Laboratory, function: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    bound.apply_defaults()
    result = laboratory.ask(_name(function), encode(tuple(bound.arguments.values())))
    try:
        return decode(result, travelling(function)[1])
    except ValueError as error:
        raise LaboratoryError("not understood") from error


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"
