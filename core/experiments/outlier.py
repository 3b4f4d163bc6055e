"""One point pulled away from a line of points: where the best line goes by squared and by absolute error."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.experiments.line_fit import Line, fit_line_mae, fit_line_mse
from core.once import made_once

LOW, HIGH = -15.0, 45.0  # how far the outlier may be pulled
HEIGHTS = 241  # entries of the table, a quarter apart
OUTLIER = 7  # which point is pulled


@dataclass(frozen=True, eq=False)
class OutlierTable:
    """The points, and both best lines for each height of the outlier."""

    x: Tensor  # (9,)
    y: Tensor  # (9,), the outlier still in its place
    heights: Tensor  # (241,)
    mse: tuple[Line, ...]  # one for each height
    mae: tuple[Line, ...]

    def index(self, height: float) -> int:
        """Return the entry of the table closest to a height."""
        return int((self.heights - height).abs().argmin())


def straight_points(seed: int = 1) -> tuple[Tensor, Tensor]:
    """Return nine points x (9,), y (9,) near y = 0.6x + 1: x = 1…9 and noise from N(0, 0.4²), seeded, float64."""
    x = torch.arange(1, 10, dtype=torch.float64)
    noise = torch.randn(9, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x, 0.6 * x + 1 + 0.4 * noise


@made_once(maxsize=8)
def outlier_table(seed: int = 1) -> OutlierTable:
    """Fit both lines again for each of 241 heights of the eighth point."""
    x, y = straight_points(seed)
    heights = torch.linspace(LOW, HIGH, HEIGHTS, dtype=torch.float64)
    sets = [moved(y, float(height)) for height in heights]
    mse, mae = (tuple(fit(x, ys) for ys in sets) for fit in (fit_line_mse, fit_line_mae))
    return OutlierTable(x, y, heights, mse, mae)


def moved(y: Tensor, height: float) -> Tensor:
    """Return a copy of `y` (9,) with the outlier at a height."""
    ys = y.clone()
    ys[OUTLIER] = height
    return ys
