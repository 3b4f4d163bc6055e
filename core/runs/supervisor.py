"""The supervisor: one thread that starts workers, hands them runs, hears them and replaces those that die."""

import logging
import threading
import time
from collections import Counter
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

from core.runs.attendant import Attendant
from core.runs.dispatch import FIRST_SPEED, FairQueue, work
from core.runs.engine import Command, EngineStats, Pause, QueueFull, Status
from core.runs.live import LiveRun
from core.runs.messages import OF_ITSELF, Answer, Ended
from core.runs.patience import DIED, GAVE_UP, HUNG, HUNG_TOOK_OVER, MAX_DEATHS, PARK_SECONDS, TOOK_OVER
from core.runs.pool import WorkerProcess
from core.runs.store import INTERRUPTED, Store
from core.runs.watchdog import Watchdog
from core.telemetry.runs import worker_lost

LOG = logging.getLogger("seven_steps")
TICK = 0.1  # seconds between looks at the clock
MAX_BACKOFF = 30.0  # seconds between attempts to start workers that die at once


class Supervisor:
    """Runs in memory, the queue and the workers; `lock` guards all three and is never held while waiting."""

    def __init__(self, store: Store, workers: int, on_change: threading.Event) -> None:
        self.lock = threading.RLock()
        self.runs: dict[str, LiveRun] = {}
        self.queue = FairQueue()
        self.pool: list[WorkerProcess] = []
        self._store = store
        self._workers = workers
        self._on_change = on_change  # set when a run ends, so that it is saved at once
        self._flops = FIRST_SPEED  # a second, as measured
        self._early_deaths = 0
        self._not_before = 0.0
        self._closed = False
        self._attendant = Attendant(self.runs, self.queue, self.pool, on_change)
        self._watchdog = Watchdog()
        self._woken, self._waker = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._supervise, name="seven-steps-supervisor", daemon=True)
        self._thread.start()

    def add(self, run: LiveRun) -> None:
        """Queue a run; raises `QueueFull`."""
        with self.lock:
            if self._closed:
                raise QueueFull("The server is stopping. Please try again in a minute.")
            if run.id in self.runs:
                return
            self.queue.add(run.owner, run.id)
            self.runs[run.id] = run
        self._wake()

    def command(self, run: LiveRun, command: Command) -> None:
        """Pass a command to the run's worker, or follow it here when it has none; raises `QueueFull`."""
        with self.lock:
            worker = next((worker for worker in self.pool if worker.run_id == run.id), None)
            if worker is None:
                run.obey_alone(command, self.queue)
            run.wish(command)
            if worker is not None:
                worker.owes = worker.owes or not isinstance(command, Pause)  # a run may be paused already
                worker.send(command)
            elif not run.status.live:
                self._on_change.set()
        self._wake()

    def give_away(self, run: LiveRun) -> None:
        """Let go of a run that another server has taken up, and end the worker that trains it."""
        with self.lock:
            self.queue.remove(run.id)
            self.runs.pop(run.id, None)
            for worker in self.pool:
                if worker.run_id == run.id:
                    worker.run_id = None
                    worker.kill()

    def place(self, run: LiveRun) -> tuple[int | None, float | None]:
        """Return the position of a run in the queue and the seconds it is expected to wait, or None and None."""
        busy = {}
        for other in (self.runs[worker.run_id] for worker in self.pool if worker.run_id):
            left = PARK_SECONDS if other.status == Status.PAUSED else other.seconds_left(self._flops)
            busy[other.owner] = left
        return self.queue.place(run.id, busy, lambda other: self.runs[other].seconds_left(self._flops), self._workers)

    def stats(self) -> EngineStats:
        """Return how many runs stand where, and how many workers live."""
        with self.lock:
            statuses = Counter(run.status for run in self.runs.values())
            workers = len(self.pool)
            ready = self._thread.is_alive() and not self._closed
        return EngineStats(statuses[Status.QUEUED], statuses[Status.RUNNING], statuses[Status.PAUSED], workers, ready)

    def close(self) -> None:
        """End the thread and every worker; live runs become interrupted."""
        with self.lock:
            self._closed = True
        self._wake()
        self._thread.join()
        self._watchdog.close()
        for worker in self.pool:
            worker.pipe.close()  # all of them first, so that they end side by side
        for worker in self.pool:
            worker.close()
        self.pool.clear()
        self._woken.close()
        self._waker.close()
        with self.lock:  # the recorder still takes out what it has saved
            for run in self.runs.values():
                if run.status.live:
                    self.queue.remove(run.id)
                    run.status, run.message, run.dirty = Status.INTERRUPTED, INTERRUPTED, True

    def _wake(self) -> None:
        with self.lock:
            if not self._woken.closed and not self._woken.poll(0):
                self._waker.send_bytes(b"!")

    def _supervise(self) -> None:
        while not self._closed:
            try:
                self._turn()
            except Exception:  # the other runs go on
                LOG.exception("the supervisor of the runs met a fault")
                time.sleep(TICK)

    def _turn(self) -> None:
        """Start what is wanted, hand out runs, wait for something to happen, and hear it."""
        self._start_worker_if_wanted()
        with self.lock:
            self._dispatch()
        heard: list[Any] = [self._woken]
        for worker in self.pool:
            heard += [worker.pipe, worker.process.sentinel]
        ready = wait(heard, TICK)
        if self._woken in ready:
            self._woken.recv_bytes()
        for worker in list(self.pool):
            if worker.pipe in ready or worker.process.sentinel in ready:
                self._listen(worker)
        with self.lock:
            self._attendant.look()
            self._watchdog.look([worker for worker in self.pool if self._must_speak(worker)])

    def _start_worker_if_wanted(self) -> None:
        """Keep one worker ready, and one for every run that could start, as far as workers go."""
        with self.lock:
            idle = sum(worker.run_id is None and not worker.killed for worker in self.pool)
            room = len(self.pool) < self._workers and time.monotonic() >= self._not_before
            wanted = room and (not self.pool or len(self.queue) > idle)
        if wanted:
            try:
                worker = WorkerProcess()  # takes seconds the first time
            except (OSError, EOFError):
                LOG.exception("a worker could not be started")
                self._back_off()
                return
            with self.lock:
                self.pool.append(worker)
            self._wake()  # perhaps one more

    def _dispatch(self) -> None:
        for worker in self.pool:
            if worker.run_id is None and not worker.killed:
                busy = {self.runs[other.run_id].owner for other in self.pool if other.run_id}
                run_id = self.queue.take(busy)
                if run_id is None:
                    return
                worker.run_id = run_id
                worker.send(self.runs[run_id].job(self._store))

    def _listen(self, worker: WorkerProcess) -> None:
        try:
            with self._watchdog.hearing(worker):
                answers = worker.receive()
        except EOFError:
            worker.close()
            with self.lock:
                self.pool.remove(worker)
                self._replace(worker)
            return
        with self.lock:
            worker.owes = worker.owes and all(isinstance(answer, OF_ITSELF) for answer in answers)
            for answer in answers:
                self._early_deaths = 0
                self._hear(worker, answer)

    def _hear(self, worker: WorkerProcess, answer: Answer) -> None:
        if worker.run_id is None:
            return
        run = self.runs[worker.run_id]
        run.hear(answer)
        if isinstance(answer, Ended):
            worker.run_id = None
            self.queue.release(run.owner)
            if run.seconds > 1:
                self._flops = work(run.spec, run.step / run.spec.total_steps) / run.seconds
            self._on_change.set()

    def _replace(self, worker: WorkerProcess) -> None:
        """Give the run of a dead worker to the next one, unless it has lost too many."""
        if worker.run_id is None:
            if not worker.killed:  # because its run was taken from it
                self._back_off()
            return
        run = self.runs[worker.run_id]
        run.deaths, run.dirty = run.deaths + 1, True
        worker_lost(run.id, run.owner, run.deaths)
        if run.stopping or run.deaths > MAX_DEATHS:
            gave_up = GAVE_UP.format(deaths=run.deaths, step=run.step)
            run.status, run.message = (Status.STOPPED, run.message) if run.stopping else (Status.FAILED, gave_up)
            self.queue.release(run.owner)
            self._on_change.set()
        else:
            run.message, run.on_start = (HUNG, HUNG_TOOK_OVER) if worker.killed else (DIED, TOOK_OVER)
            run.status = Status.QUEUED
            self.queue.add_first(run.owner, run.id)

    def _must_speak(self, worker: WorkerProcess) -> bool:
        """Whether a worker that works would say something soon: it trains, or a command waits for its answer."""
        run = self.runs.get(worker.run_id or "")
        return run is not None and (run.status != Status.PAUSED or worker.owes)

    def _back_off(self) -> None:
        """Wait longer and longer before starting workers that die before they have said anything."""
        self._early_deaths += 1
        self._not_before = time.monotonic() + min(MAX_BACKOFF, 0.05 * 2.0**self._early_deaths)
