"""How large a learning rate a real network stands: its 2/λmax, and short real runs around it."""

from dataclasses import dataclass

from core.curvature import hessian_vector_product, lanczos, power_iteration
from core.experiments.network_loss import FullBatchRun, Subject, full_batch_descent, network_loss
from core.laboratory import experiment

POWER_STEPS = 30


@dataclass(frozen=True)
class Stability:
    """The estimate of λmax after each multiplication by the Hessian, and the limit 2/λmax."""

    estimates: tuple[float, ...]  # by power iteration, which comes near quickly, then by Lanczos, which is exact
    power_steps: int  # how many of them are power iteration's
    parameters: int

    @property
    def curvature(self) -> float:
        """λmax, the largest eigenvalue of the Hessian."""
        return self.estimates[-1]

    @property
    def limit(self) -> float:
        """2/λmax, the learning rate above which a step along the steepest direction overshoots more each time."""
        return 2 / self.curvature


@experiment(maxsize=64)
def stability(subject: Subject) -> Stability:
    """Measure λmax of a network's loss at its start to 10⁻⁶, by Hessian-vector products alone; kept once found.

    Raises `ValueError` where the loss bends downwards most, for then there is no such limit.
    """
    loss = network_loss(subject)
    size = loss.start.numel()
    product = hessian_vector_product(loss, loss.start)
    rough = list(power_iteration(product, size, max_steps=POWER_STEPS))
    fine = list(lanczos(product, rough[-1].vector))
    estimates = tuple(found.eigenvalue for found in rough + fine)
    if estimates[-1] <= 0:
        raise ValueError("the loss bends downwards most at this start; take another seed")
    return Stability(estimates, len(rough), size)


@experiment(maxsize=256)
def short_run(subject: Subject, learning_rate: float, steps: int) -> FullBatchRun:
    """Train the network for a few whole-batch steps from its start; kept once run."""
    return full_batch_descent(network_loss(subject), learning_rate, steps)
