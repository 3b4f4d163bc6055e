"""What a session knows of the run on its page, also while the database does not answer."""

from dataclasses import dataclass, field

from core.database import StoreUnavailable
from core.runs import Progress, UnknownRun, get_engine
from core.training import StepRecord
from pages.ui.state import owner, session


@dataclass
class Watch:
    """The run on this session's page: its id, and the records seen so far."""

    run_id: str | None = None
    records: list[StepRecord] = field(default_factory=list)
    next: int = 0
    error: str = ""
    found: bool = False  # whether it is known which run to watch
    away: str = ""  # what to say while the database does not answer
    progress: Progress | None = None  # as last seen
    fresh: bool = False  # whether the page's run under way has asked for it

    def follow(self, run_id: str | None) -> None:
        """Watch another run from its beginning, or none."""
        self.run_id, self.records, self.next, self.error = run_id, [], 0, ""
        self.found, self.progress = True, None

    def poll(self) -> Progress | None:
        """Return how the run stands and take its new records in; `None` when no run is watched.

        A new session (a reload, a second tab) finds the learner's latest run. While the database does not answer,
        `away` says so, and the run stands as it was last seen.
        """
        try:
            if not self.found:
                self.follow(get_engine().latest(owner()))
            self._look()
            self.away = ""
        except StoreUnavailable as error:
            self.away = str(error)
        return self.progress

    def glance(self) -> Progress | None:
        """Return what the last `poll` found, once; ask again after that.

        The page's own run has just asked. A second answer could differ, and a fragment that asks for another run
        before it has shown anything may leave its place empty.
        """
        if self.fresh:
            self.fresh = False
            return self.progress
        return self.poll()

    def _look(self) -> None:
        if self.run_id is None:
            return
        try:
            progress = get_engine().poll(self.run_id, owner(), self.next)
        except UnknownRun:
            self.follow(None)
            return
        self.records.extend(progress.records)
        self.next, self.progress = progress.next, progress


def watched() -> Watch:
    """Return this session's watch."""
    return session("watch", Watch)
