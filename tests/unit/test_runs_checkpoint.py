"""A checkpoint brings back exactly what was, or is not used."""

import errno
import os

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import load_mnist
from core.model import ModelConfig, build_model
from core.optimizers import OPTIMIZERS
from core.runs.checkpoint import (
    CheckpointError,
    CheckpointFiles,
    CheckpointWriter,
    decode,
    encode,
    restore,
    seal,
)
from core.training import TrainConfig, TrainingState, train

MODEL = ModelConfig((8,), dropout=0.2)


def fresh(config, model=MODEL):
    return TrainingState(build_model(model, torch.Generator().manual_seed(config.seed)), config)


def advance(state, steps):
    iterator = train(state.model, load_mnist(), state.config, state)
    return [next(iterator) for _ in range(steps)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_restored_state_goes_on_bit_by_bit(optimizer):
    config = TrainConfig(optimizer=optimizer, learning_rate=0.01, batch_size=64, augmentation="affine")
    straight = fresh(config)
    advance(straight, 7)

    first = fresh(config)
    advance(first, 4)
    first.learning_rate = 0.01
    second = fresh(config)
    restore(second, decode(seal(encode(first))))
    assert (second.step, second.seconds, second.learning_rate) == (4, first.seconds, 0.01)
    advance(second, 3)

    for name, tensor in straight.model.state_dict().items():
        assert second.model.state_dict()[name].equal(tensor), name


def test_a_copy_does_not_change_while_training_goes_on():
    state = fresh(TrainConfig(batch_size=64))
    advance(state, 1)
    content = encode(state)
    before = decode(seal(content)).model["layers.0.weight"].clone()
    advance(state, 2)
    assert decode(seal(content)).model["layers.0.weight"].equal(before)
    assert not state.model.state_dict()["layers.0.weight"].equal(before)


@pytest.fixture(scope="module")
def sealed():
    state = fresh(TrainConfig(batch_size=64))
    advance(state, 1)
    return seal(encode(state))


@settings(max_examples=50)
@given(data=st.data())
def test_one_flipped_bit_is_noticed(sealed, data):
    position = data.draw(st.integers(0, len(sealed) - 1))
    damaged = bytearray(sealed)
    damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CheckpointError):
        decode(bytes(damaged))


@given(st.binary(max_size=300))
def test_anything_else_is_noticed_even_with_a_right_sum(content):
    with pytest.raises(CheckpointError):
        decode(content)
    with pytest.raises(CheckpointError):
        decode(seal(content))


def test_another_networks_checkpoint_is_noticed(sealed):
    with pytest.raises(CheckpointError, match="another network"):
        restore(fresh(TrainConfig(), ModelConfig((9,))), decode(sealed))


def write(files, step):
    state = fresh(TrainConfig())
    state.step = step
    files.write(encode(state))


def test_the_newest_whole_file_counts_and_the_next_write_spares_it(tmp_path):
    files = CheckpointFiles(tmp_path, "run")
    for step in (10, 20, 30):
        write(files, step)
    again = CheckpointFiles(tmp_path, "run")
    newest, damaged = again.newest()
    assert (newest.step, damaged) == (30, 0)
    write(again, 40)
    assert sorted(decode(path.read_bytes()).step for path in again.paths) == [30, 40]

    again.paths[1].write_bytes(b"half a fi")
    newest, damaged = CheckpointFiles(tmp_path, "run").newest()
    assert (newest.step, damaged) == (30, 1)


def test_without_files_there_is_no_checkpoint(tmp_path):
    files = CheckpointFiles(tmp_path / "nowhere", "run")
    assert files.newest() == (None, 0)
    assert files.size() == 0
    files.remove()


def test_a_full_disk_leaves_the_old_checkpoint_and_says_so(tmp_path, monkeypatch):
    files = CheckpointFiles(tmp_path, "run")
    write(files, 10)
    write(files, 20)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    writer = CheckpointWriter(files)
    writer.start(fresh(TrainConfig()))
    assert "No space left on device" in writer.finish()
    newest, damaged = files.newest()
    assert (newest.step, damaged) == (20, 0)
    assert len(list(tmp_path.iterdir())) == 2  # and no temporary file is left
