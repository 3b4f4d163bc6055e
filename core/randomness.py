"""Random numbers that a few whole numbers decide, the same on each machine and in each run."""

import numpy as np
import torch

MAX_SEED = 2**31 - 1  # of a reader's settings
SMALL_SEED = 9999  # the largest for small examples, whose seed a reader turns one by one


def seeded(*numbers: int) -> torch.Generator:
    """Return a generator decided by all of `numbers`, 0 or more each: other numbers, unrelated draws.

    NumPy's SeedSequence mixes them (O'Neill, 2015), so that (1, 2) and (2, 1) have nothing in common.
    """
    mixed = np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(mixed >> np.uint64(1)))
