"""The arrangement of deploy/ on loopback, without containers: PostgreSQL, Ray, two web replicas, haproxy."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120  # on a busy machine
REPLICAS = ("web1", "web2")
PORTS = range(24_000, 32_000)
PROCESSORS = 2  # of the worker node; the head has none, as in deploy/


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, from a range that neither the system nor Ray takes its own from."""
    free: list[int] = []
    with ExitStack() as stack:
        while len(free) < count:
            probe = stack.enter_context(socket.socket())
            port = secrets.choice(PORTS)
            with suppress(OSError):  # taken
                probe.bind(("127.0.0.1", port))
                free.append(port)
    return free


def family(pid: int) -> list[int]:
    """Return the ids of a process, its children and theirs."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it has started."""
    for pid in family(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Arrangement:
    """All processes by name, and the address that learners use."""

    folder: Path
    url: str  # of the database
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gcs, self.client, self.proxy, *self.web = free_ports(5)
        self.address = f"http://127.0.0.1:{self.proxy}"
        self.engine = f"ray://127.0.0.1:{self.client}"
        self.environment |= {
            "DATABASE_URL": self.url,
            "SEVEN_STEPS_STATE": str(self.folder / "state"),
            "SEVEN_STEPS_ENGINE": self.engine,
            "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": os.environ["RAY_AUTH_TOKEN"],
            "RAY_USAGE_STATS_ENABLED": "0",
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
        }

    def start(self, name: str, command: list[str], **more: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment | more, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def start_ray(self) -> None:
        ray = [str(Path(sys.executable).parent / "ray"), "start", "--block", "--disable-usage-stats"]
        memory = "--object-store-memory=80000000"
        temporary = f"--temp-dir={self.folder / 'ray'}"
        head = ["--head", f"--port={self.gcs}", f"--ray-client-server-port={self.client}", "--num-cpus=0", memory]
        self.start("ray-head", [*ray, *head, "--node-ip-address=127.0.0.1", "--include-dashboard=false", temporary])
        self.wait("ray-head", lambda: self.listens(self.gcs) and self.listens(self.client))
        node = [f"--address=127.0.0.1:{self.gcs}", f"--num-cpus={PROCESSORS}", memory]
        self.start("ray-worker", [*ray, *node, "--node-ip-address=127.0.0.1"])

    def start_web(self, name: str) -> None:
        port = self.web[REPLICAS.index(name)]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        self.start(name, [*command, "--server.address", "127.0.0.1", "--server.headless", "true"])

    def start_proxy(self) -> None:
        self.start(
            "haproxy", [str(shutil.which("haproxy") or "/usr/sbin/haproxy"), "-f", str(ROOT / "deploy/haproxy.cfg")],
            BIND=f"127.0.0.1:{self.proxy}", WEB1=f"127.0.0.1:{self.web[0]}", WEB2=f"127.0.0.1:{self.web[1]}",
        )  # fmt: skip

    def listens(self, port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def healthy(self, name: str) -> bool:
        return answers(f"http://127.0.0.1:{self.web[REPLICAS.index(name)]}/_stcore/health")

    def wait(self, name: str, condition) -> None:
        end = time.monotonic() + START_SECONDS
        while not condition():
            log = (self.folder / f"{name}.log").read_text("utf-8", "replace")
            late = self.processes[name].poll() is not None or time.monotonic() > end
            assert not late, f"{name} did not start:\n{log[-3000:]}"
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        kill(self.processes.pop(name))

    def end(self) -> None:
        for name in reversed(list(self.processes)):
            self.kill(name)


@contextmanager
def running(url: str) -> Iterator[Arrangement]:
    """Start everything; yield once the proxy hands requests on."""
    folder = Path(tempfile.mkdtemp(prefix="ss-", dir="/tmp"))  # short: the names of Ray's sockets are not long
    arrangement = Arrangement(folder, url)
    try:
        arrangement.start_ray()
        for name in REPLICAS:
            arrangement.start_web(name)
        for name in REPLICAS:
            arrangement.wait(name, lambda name=name: arrangement.healthy(name))
        arrangement.start_proxy()
        arrangement.wait("haproxy", lambda: answers(f"{arrangement.address}/_stcore/health"))
        yield arrangement
    finally:
        arrangement.end()
        shutil.rmtree(folder, ignore_errors=True)
