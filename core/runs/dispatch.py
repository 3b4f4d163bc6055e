"""Who is next: a bounded queue, round robin over owners, one run under way for each."""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping

from core.runs.engine import QueueFull
from core.runs.spec import TRAIN_DIGITS, RunSpec

MAX_QUEUED = 200
FIRST_SPEED = 3e10  # FLOP/s that training is taken to have before anything was measured; a small machine's


class FairQueue:
    """Waiting runs in the order of the ring of owners: an owner whose run ends goes to the back of the ring."""

    def __init__(self, limit: int = MAX_QUEUED) -> None:
        self._limit = limit
        self._waiting: list[tuple[str, str]] = []  # owner, run id

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, owner: str, run_id: str) -> None:
        """Put a run at the back; raises `QueueFull` when the queue or the owner's one place in it is taken."""
        self.check(owner)
        self._waiting.append((owner, run_id))

    def check(self, owner: str) -> None:
        """Raise `QueueFull` when `add` would."""
        if any(waiting == owner for waiting, _ in self._waiting):
            raise QueueFull("One of your runs is waiting already. Stop it, or wait until it has started.")
        if len(self._waiting) >= self._limit:
            raise QueueFull(f"{len(self._waiting)} runs are waiting, and no more fit. Please try again in a minute.")

    def add_first(self, owner: str, run_id: str) -> None:
        """Put a run at the front, for it was under way and lost its worker."""
        self._waiting.insert(0, (owner, run_id))

    def add_last(self, owner: str, run_id: str) -> None:
        """Put a run at the back, for it stood in the queue of a dispatcher that has died."""
        self._waiting.append((owner, run_id))

    def remove(self, run_id: str) -> None:
        """Take a run out wherever it stands."""
        self._waiting = [entry for entry in self._waiting if entry[1] != run_id]

    def release(self, owner: str) -> None:
        """An owner's run has ended: whoever waits already comes before the next one of this owner."""
        self._waiting.sort(key=lambda entry: entry[0] == owner)  # stable: False before True

    def take(self, busy: Collection[str]) -> str | None:
        """Remove and return the next run whose owner is not `busy` with another, or None."""
        for entry in self._waiting:
            if entry[0] not in busy:
                self._waiting.remove(entry)
                return entry[1]
        return None

    def order(self) -> list[str]:
        """Return the waiting runs, next first."""
        return [run_id for _, run_id in self._waiting]

    def place(
        self, run_id: str, busy: Mapping[str, float], seconds: Callable[[str], float], workers: int
    ) -> tuple[int | None, float | None]:
        """Return the position of a run and the seconds it is expected to wait; None and None when it does not wait.

        `busy` are the owners with a run under way and the seconds that it has left; `seconds` tells how long a waiting
        run will train. Whoever is busy is passed over, and comes after all others when the run under way has ended.
        """
        order = self.order()
        if run_id not in order:
            return None, None
        index = order.index(run_id)
        mine = self._waiting[index][0]
        free_at = busy.get(mine, 0.0)
        before = self._waiting if mine in busy else self._waiting[:index]
        ahead = [other for owner, other in before if owner not in busy or busy[owner] < free_at]
        return len(ahead) + 1, max(free_at, expected_wait(busy.values(), map(seconds, ahead), workers))


def work(spec: RunSpec, share: float = 1.0) -> float:
    """Return the floating-point operations that a share of a run needs: 6 × parameters × examples."""
    return 6.0 * spec.model.parameters * TRAIN_DIGITS * spec.training.epochs * share


def expected_wait(left: Iterable[float], ahead: Iterable[float], workers: int) -> float:
    """Return the seconds until a worker is free, with seconds `left` of running runs and those `ahead` in the queue."""
    free = sorted(left, reverse=True)[:workers]
    free += [0.0] * (workers - len(free))
    heapq.heapify(free)
    for seconds in ahead:
        heapq.heapreplace(free, free[0] + seconds)
    return free[0]
