"""A real server in a process group of its own, and what its web process uses of the machine."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 15


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    pid: int  # of the web process; workers are processes of their own
    log: Path

    @property
    def memory(self) -> float:
        """MB of memory that the web process holds (its resident set)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    @property
    def whole_memory(self) -> float:
        """MB of memory of the web process, its laboratory and its workers; what they share counts once (Pss)."""
        total = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):  # it has ended meanwhile
                session = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[3])
                if session == self.pid:
                    found = re.search(r"^Pss:\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)
                    total += int(found[1]) if found else 0
        return total / 1024

    @property
    def cpu_seconds(self) -> float:
        """Processor seconds that the web process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def failures(self) -> list[str]:
        """Lines of the log that say that something failed."""
        return [
            line for line in self.log.read_text("utf-8", "replace").splitlines() if re.search("Error|Traceback", line)
        ]


@contextmanager
def running_server(state: Path, script: Path = ROOT / "app.py", **environment: str) -> Iterator[Server]:
    """Run an app with its state in a folder; yields it once it is healthy, ends its whole process group after."""
    port, log = free_port(), state / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"SEVEN_STEPS_STATE": str(state), "MALLOC_ARENA_MAX": "1"} | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        wait_until_healthy(server, process)
        yield server
    finally:
        end(process)


def wait_until_healthy(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait for the server's first good answer; raises `RuntimeError` with its log when none comes."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2),
        ):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text('utf-8', 'replace')[-3000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server and every process it started."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):  # none was left
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
