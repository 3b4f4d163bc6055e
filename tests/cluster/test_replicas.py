"""Two web replicas behind a proxy, one cluster: what one replica began, another one shows, commands and finishes."""

import os
import re
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect, sync_playwright

from core.model import ModelConfig
from core.runs import EngineAway, Pause, Resume, RunSpec, Status, Stop, UnknownRun
from core.runs.ray_engine.engine import SUBMIT_SECONDS
from core.training import TrainConfig
from tests.browser.conftest import FLAGS, installed_chromium
from tests.cluster.arrangement import REPLICAS
from tests.runs_support import LONG, SHORT, same_weights, undisturbed, until, until_over, until_poll, worker_pid

pytestmark = pytest.mark.filterwarnings("ignore:.*:ResourceWarning")  # Ray's client leaves sockets to the collector

BACK_SECONDS = 180  # for two nodes, a client and a dispatcher that start on a busy machine
MEDIUM = RunSpec(ModelConfig((16,)), TrainConfig(epochs=6, batch_size=128))  # 2,814 steps, some three seconds


@contextmanager
def replica_engine(arrangement):
    """An engine as a web replica has it: a client of the cluster, with the database and the shared folder."""
    from core.runs.ray_engine.engine import RayEngine
    from core.runs.ray_engine.messages import Home

    home = Home(url=arrangement.url, checkpoints=Path(arrangement.environment["SEVEN_STEPS_STATE"]) / "checkpoints")
    engine = RayEngine(arrangement.engine, home)
    try:
        until(lambda: not engine._link.away, BACK_SECONDS)  # a first attempt may fail
        yield engine
    finally:
        engine.close()


@pytest.fixture
def engine(arrangement):
    with replica_engine(arrangement) as engine:
        yield engine


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        yield chromium
        chromium.close()


def steps_of(page) -> int:
    text = page.get_by_text(re.compile(r"step [\d,]+$")).inner_text()
    return int(re.search(r"step ([\d,]+)$", text)[1].replace(",", ""))


def replica_of(context) -> str:
    return next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "seven_steps_replica")


def trains(page) -> bool:
    """Press Train, unless a run has begun meanwhile; return whether one begins."""
    with suppress(TimeoutError):
        page.get_by_role("button", name="Train", exact=True).click(timeout=2_000)
    with suppress(AssertionError):
        expect(page.get_by_text(re.compile(r"^(Training|Finished) · epoch"))).to_be_visible(timeout=10_000)
        return True
    return False


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_killed_replica_loses_no_run(arrangement, browser: Browser):
    page = browser.new_context().new_page()
    page.goto(f"{arrangement.address}/train?epochs=100&batch=256")
    until(lambda: trains(page), BACK_SECONDS)
    training = re.compile(r"^Training · epoch")
    expect(page.get_by_text(training)).to_be_visible(timeout=60_000)
    before = steps_of(page)
    first = replica_of(page.context)
    arrangement.kill(first)
    other = next(name for name in REPLICAS if name != first)
    page.goto(f"{arrangement.address}/train?epochs=100&batch=256")  # a reload, as the browser's own does
    expect(page.get_by_text(training)).to_be_visible(timeout=60_000)
    assert replica_of(page.context) == other
    until(lambda: steps_of(page) > before)
    press(page, "Pause")
    expect(page.get_by_text(re.compile(r"^Paused · epoch"))).to_be_visible(timeout=30_000)
    press(page, "Resume")
    expect(page.get_by_text(training)).to_be_visible(timeout=30_000)
    stranger = browser.new_context().new_page()
    stranger.goto(f"{arrangement.address}/train")
    expect(stranger.get_by_text(re.compile(r"^Ready:"))).to_be_visible(timeout=60_000)  # and sees nothing of it
    press(page, "Stop")
    expect(page.get_by_text(re.compile(r"^Stopped · epoch"))).to_be_visible(timeout=30_000)
    arrangement.start_web(first)
    arrangement.wait(first, lambda: arrangement.healthy(first))


def test_a_run_of_one_replica_is_watched_and_controlled_by_another(arrangement, engine):
    run = engine.submit(LONG, "ann", steps=500)  # and then waits, however long the other one takes to connect
    begun = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    until(lambda: engine.latest("ann") == run)
    engine.close()
    with replica_engine(arrangement) as other:
        assert other.latest("ann") == run
        other.control(run, "ann", Resume())
        until_poll(other, run, "ann", lambda p: p.step > begun.step)
        other.control(run, "ann", Pause())
        paused = until_poll(other, run, "ann", lambda p: p.status == Status.PAUSED)
        assert paused.records
        for attempt in (other.poll, other.snapshot, other.resume, lambda r, o: other.control(r, o, Stop())):
            with pytest.raises(UnknownRun):
                attempt(run, "bob")
        other.control(run, "ann", Resume())
        until_poll(other, run, "ann", lambda p: p.step > paused.step)
        other.control(run, "ann", Stop())
        assert until_over(other, run, "ann").status == Status.STOPPED


def test_a_killed_actor_ends_with_the_same_weights(engine):
    run = engine.submit(MEDIUM, "cleo")
    until_poll(engine, run, "cleo", lambda p: p.step > 300)
    os.kill(until(lambda: worker_pid(engine, run)), signal.SIGKILL)
    finished = until_over(engine, run, "cleo")
    assert finished.status == Status.FINISHED
    assert "took over after step" in finished.message
    assert same_weights(engine.snapshot(run, "cleo").weights, undisturbed(MEDIUM))
    assert [r.step for r in finished.records] == sorted({r.step for r in finished.records})


def test_a_lost_cluster_is_said_in_time_and_found_again(arrangement, browser: Browser, engine):
    run = engine.submit(LONG, "dora", steps=500)  # and then waits, however long the browser takes
    until_poll(engine, run, "dora", lambda p: p.status == Status.PAUSED and p.records)
    page = browser.new_context().new_page()
    page.goto(f"{arrangement.address}/train?epochs=1")
    expect(page.get_by_text(re.compile(r"^Ready:"))).to_be_visible(timeout=60_000)
    for name in ("ray-worker", "ray-head"):
        arrangement.kill(name)
    press(page, "Train")
    expect(page.get_by_text(str(EngineAway()))).to_be_visible(timeout=60_000)
    assert until_poll(engine, run, "dora", lambda p: p.message == str(EngineAway())).records  # what is known stays
    started = time.perf_counter()
    with pytest.raises(EngineAway):
        engine.submit(SHORT, "dora")
    assert time.perf_counter() - started < SUBMIT_SECONDS + 5
    arrangement.start_ray()
    until(lambda: not engine._link.away, BACK_SECONDS)
    interrupted = until_over(engine, run, "dora")  # its server has been silent
    assert (interrupted.status, interrupted.resumable) == (Status.INTERRUPTED, True)
    engine.resume(run, "dora")
    until_poll(engine, run, "dora", lambda p: p.status == Status.RUNNING)
    engine.control(run, "dora", Stop())
    assert until_over(engine, run, "dora").status == Status.STOPPED
    until(lambda: trains(page), BACK_SECONDS)
