"""What every worker needs, imported and read once in the fork server, whose memory the workers then share."""

import contextlib
import gc

import torch

import core.runs.worker  # noqa: F401 (imported for its memory)
from core.data import DataError, as_tensors, load_mnist
from core.model import ModelConfig, build_model
from core.training import TrainConfig, TrainingState

torch.set_num_threads(1)  # before the first operation: a process with threads must not fork
with contextlib.suppress(DataError):  # the worker meets it again and says so
    as_tensors(load_mnist())
TrainingState(build_model(ModelConfig(), torch.Generator()), TrainConfig())  # torch imports much at its first optimiser
gc.collect()
gc.freeze()  # the collector writes to what it visits, which would copy the shared pages
