"""How large a learning rate a real network stands: its 2/λmax, and short real runs around it."""

from dataclasses import dataclass
from functools import lru_cache

from core.curvature import hessian_vector_product, power_iteration
from core.experiments.network_loss import FullBatchRun, Subject, full_batch_descent, network_loss

MAX_POWER_STEPS = 200


@dataclass(frozen=True)
class Stability:
    """What power iteration found: its estimate of λmax after each multiplication, and the limit 2/λmax."""

    estimates: tuple[float, ...]
    parameters: int

    @property
    def curvature(self) -> float:
        """λmax, the largest eigenvalue of the Hessian."""
        return self.estimates[-1]

    @property
    def limit(self) -> float:
        """2/λmax, the learning rate above which a step along the steepest direction overshoots more each time."""
        return 2 / self.curvature


@lru_cache(maxsize=16)
def stability(subject: Subject) -> Stability:
    """Measure λmax of a network's loss at its start by power iteration on Hessian-vector products; kept once found.

    Raises `ValueError` where the loss bends downwards most, for then there is no such limit.
    """
    loss = network_loss(subject)
    size = loss.start.numel()
    product = hessian_vector_product(loss, loss.start)
    estimates = tuple(step.eigenvalue for step in power_iteration(product, size, max_steps=MAX_POWER_STEPS))
    if estimates[-1] <= 0:
        raise ValueError("the loss bends downwards most at this start; take another seed")
    return Stability(estimates, size)


@lru_cache(maxsize=128)
def short_run(subject: Subject, learning_rate: float, steps: int) -> FullBatchRun:
    """Train the network for a few whole-batch steps from its start; kept once run."""
    return full_batch_descent(network_loss(subject), learning_rate, steps)
