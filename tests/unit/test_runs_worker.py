"""The worker's function, called here without a process: commands, limits and what it says."""

import json
import subprocess
import sys
import threading
from multiprocessing import Pipe

import numpy as np
import pytest
import torch

from core.data import DataError
from core.model import ModelConfig
from core.paths import ROOT
from core.runs import Pause, Resume, RunSpec, SetLearningRate, Status, StepN, Stop, worker
from core.runs.messages import Changed, Ended, Job, Look, Park, Report, Saved, Started, Weights
from core.runs.wire import hear, tell
from core.training import TrainConfig
from tests.runs_support import SHORT, same_weights, undisturbed


@pytest.fixture
def play(tmp_path):
    """Let a worker do a job with these commands in its pipe, and return all that it says, its end last.

    When it pauses, it gets the next of `then`.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in a worker

    def play(spec, *commands, then=(), **job):
        wishes = iter(then)
        ours, theirs = Pipe()
        text = spec if isinstance(spec, str) else spec.to_json()
        rate = job.pop("learning_rate", TrainConfig().learning_rate)
        for command in commands:
            tell(ours, command)
        heard = []

        def listen():
            try:
                while True:
                    heard.append(hear(ours))
                    wish = next(wishes, None) if paused(heard[-1]) else None
                    if wish is not None:
                        tell(ours, wish)
            except (EOFError, OSError):
                pass

        listener = threading.Thread(target=listen)
        listener.start()
        ended = worker.perform(Job("run", text, tmp_path, rate, **job), theirs)
        theirs.close()
        listener.join()
        ours.close()
        return [*heard, ended]

    yield play
    torch.set_num_threads(threads)


def paused(message):
    return isinstance(message, Changed) and message.status == Status.PAUSED


def steps_of(heard):
    return [record.step for message in heard if isinstance(message, Report) for record in message.records]


def test_a_run_ends_with_the_weights_of_train_itself(play):
    heard = play(SHORT)
    assert isinstance(heard[0], Started)
    ended = heard[-1]
    assert (ended.status, ended.step, ended.message) == (Status.FINISHED, SHORT.total_steps, "")
    assert same_weights(ended.weights, undisturbed(SHORT))
    assert steps_of(heard)[-1] == SHORT.total_steps


def test_steps_are_counted_and_told_one_by_one(play):
    heard = play(SHORT, budget=0, then=[StepN(2), StepN(3), StepN(1), Stop()])
    assert steps_of(heard) == [1, 2, 3, 4, 5, 6]
    assert [message.step for message in heard if isinstance(message, Weights)] == [0, 2, 5, 6]
    assert (heard[-1].status, heard[-1].step) == (Status.STOPPED, 6)


def test_many_steps_count_as_running_and_are_told_in_few_records(play):
    heard = play(SHORT, budget=0, then=[StepN(100), Stop()])
    assert [message.status for message in heard if isinstance(message, Changed)] == ["paused", "running", "paused"]
    assert (steps_of(heard)[-1], heard[-1].step) == (100, 100)
    assert len(steps_of(heard)) < 50


def test_a_job_that_begins_paused_waits_for_its_steps(play):
    heard = play(SHORT, budget=0, then=[Stop()])
    assert Changed(Status.PAUSED, TrainConfig().learning_rate) in heard
    assert (heard[-1].status, heard[-1].step) == (Status.STOPPED, 0)
    assert steps_of(heard) == []


def test_a_new_learning_rate_is_answered_and_used(play):
    spec = RunSpec(SHORT.model, TrainConfig(epochs=1, batch_size=512, schedule="constant"))
    heard = play(spec, SetLearningRate(0.0125))
    assert Changed(Status.RUNNING, 0.0125) in heard
    rates = {r.learning_rate for message in heard if isinstance(message, Report) for r in message.records}
    assert rates == {0.0125}


def test_weights_are_shown_on_request(play):
    heard = play(SHORT, Look())
    (shown,) = [message for message in heard if isinstance(message, Weights)]
    assert shown.step == 0


def test_a_parked_run_goes_on_as_if_nothing_had_been(play):
    parked = play(SHORT, budget=0, then=[StepN(30), Park()])[-1]
    assert (parked.status, parked.step) == (Status.PAUSED, 30)
    heard = play(SHORT, reported=30)
    assert heard[0] == Started(30, "")
    assert same_weights(heard[-1].weights, undisturbed(SHORT))


def test_records_that_are_known_are_not_told_again(play):
    assert min(steps_of(play(SHORT, reported=100))) > 100


def test_divergence_is_explained_with_the_learning_rate_that_caused_it(play):
    spec = RunSpec(
        ModelConfig((16,)), TrainConfig(optimizer="sgd", learning_rate=100.0, schedule="constant", weight_decay=1.0)
    )
    heard = play(spec, learning_rate=100.0)
    ended = heard[-1]
    assert ended.status == Status.DIVERGED
    assert "learning rate of 100." in ended.message
    assert ended.step < spec.total_steps
    assert not np.isfinite(heard[-2].records[-1].loss)


def test_limits_hold_in_the_worker_whatever_the_form_allowed(play):
    data = json.loads(SHORT.to_json())
    data["model"]["hidden"] = [1024, 1024, 1024]
    (ended,) = play(json.dumps(data))
    assert ended.status == Status.FAILED
    assert "number of weights and biases" in ended.message


def test_a_run_that_takes_too_long_is_stopped_and_keeps_its_weights(play, monkeypatch):
    monkeypatch.setattr(worker, "MAX_SECONDS", 0.05)
    ended = play(SHORT)[-1]
    assert ended.status == Status.STOPPED
    assert "the most a run may take" in ended.message
    assert 0 < ended.step < SHORT.total_steps
    assert ended.weights is not None


def test_missing_digits_are_a_sentence(play, monkeypatch):
    def missing():
        raise DataError("The digits are missing. Run “make data”.")

    monkeypatch.setattr(worker, "load_mnist", missing)
    ended = play(SHORT)[-1]
    assert (ended.status, ended.message) == (Status.FAILED, "The digits are missing. Run “make data”.")


def test_a_fault_is_a_sentence_and_a_line_in_the_log(play, monkeypatch, caplog):
    def broken(*arguments):
        raise ZeroDivisionError("in the program")

    monkeypatch.setattr(worker, "train", broken)
    ended = play(SHORT)[-1]
    assert ended.status == Status.FAILED
    assert "fault in the program" in ended.message
    assert "ZeroDivisionError" in caplog.text


def test_a_checkpoint_that_cannot_be_written_is_said_and_the_run_goes_on(play, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "CHECKPOINT_EVERY", 0.0)
    (tmp_path / "run.0.checkpoint").mkdir()  # a folder where the file should be
    heard = play(SHORT)
    troubles = [message.trouble for message in heard if isinstance(message, Saved)]
    assert any("cannot be saved" in trouble for trouble in troubles)
    assert isinstance(heard[-1], Ended)
    assert same_weights(heard[-1].weights, undisturbed(SHORT))


def test_resume_after_pause_gives_the_same_weights(play):
    heard = play(SHORT, Pause(), then=[Resume()])
    assert same_weights(heard[-1].weights, undisturbed(SHORT))


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_run_that_needs_too_much_memory_is_told_so(play, monkeypatch, error):
    def large(*arguments):
        raise error

    monkeypatch.setattr(worker, "train", large)
    ended = play(SHORT)[-1]
    assert ended.status == Status.FAILED
    assert ended.message == ("This run needs more memory than a run may have. Choose fewer neurons or a smaller batch.")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit a process's memory from inside")
def test_memory_is_limited():
    code = (
        "import torch; from core.runs.worker import limit_memory; limit_memory(2**30)\n"
        "try: torch.zeros(2**31, dtype=torch.uint8)\n"
        "except RuntimeError as error: print('memory' in str(error))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
