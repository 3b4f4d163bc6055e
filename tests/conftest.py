"""Every test runs on one thread, as a worker does, and writes to a folder of its own."""

import os
import tempfile

import torch

os.environ["SEVEN_STEPS_STATE"] = tempfile.mkdtemp(prefix="seven-steps-")
torch.set_num_threads(1)
