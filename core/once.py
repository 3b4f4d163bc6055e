"""Results that are made once for all who ask for them, also when a whole class asks in the same second."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from core.waiting import result_of

P = ParamSpec("P")
T = TypeVar("T")


def made_once(maxsize: int, key: Callable[..., Hashable] | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the newest `maxsize` results of a function by its arguments, which must be hashable, as `lru_cache` does.

    Where the arguments are too large to be kept, `key` says what of them decides. Besides, whoever asks for a result
    that somebody else is just making waits for it: `lru_cache` would let each make it. What the function raises is
    raised to all who wait, and is not kept.
    """

    def keeping(function: Callable[P, T]) -> Callable[P, T]:
        kept: OrderedDict[Hashable, Future[T]] = OrderedDict()
        lock = Lock()

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            name = key(*args, **kwargs) if key else (args, tuple(sorted(kwargs.items())))
            with lock:
                made = kept.get(name)
                if mine := made is None:
                    made = kept[name] = Future()
                    if len(kept) > maxsize:
                        kept.popitem(last=False)
                kept.move_to_end(name)
            if mine:
                _make(made, lambda: function(*args, **kwargs))
                if made.exception() is not None:
                    with lock:
                        kept.pop(name, None)
            return result_of(made)

        return asked

    return keeping


def _make(made: Future[Any], make: Callable[[], Any]) -> None:
    try:
        made.set_result(make())
    except BaseException as error:
        made.set_exception(error)
