"""Ray is an extra: whoever has one server needs neither the package nor what it brings."""

import subprocess
import sys

from core.paths import ROOT

WITHOUT = """
import importlib.abc, importlib.util, sys

class NoRay(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "ray":
            raise ModuleNotFoundError("No module named 'ray'", name="ray")

sys.meta_path.insert(0, NoRay())
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "ray" else find_spec(name, *more)
"""

EMBEDDED = """
from core.runs.default import make_engine
engine = make_engine("")
assert engine.stats().ready
engine.close()
assert not [name for name in sys.modules if name.split(".")[0] == "ray" or "ray_engine" in name]
try:
    make_engine("ray")
except ValueError as error:
    print(error)
"""

EVERY_MODULE = """
import core, importlib, pkgutil
for module in pkgutil.walk_packages(core.__path__, "core."):
    if not module.name.startswith("core.database.migrations") and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("core.runs.ray_engine.")]))
"""


def without_ray(tmp_path, monkeypatch, script: str) -> str:
    """Return what a script prints in a process that has no Ray."""
    monkeypatch.setenv("SEVEN_STEPS_STATE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    command = [sys.executable, "-c", WITHOUT + script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_embedded_engine_needs_no_ray_and_a_cluster_says_what_is_missing(tmp_path, monkeypatch):
    said = without_ray(tmp_path, monkeypatch, EMBEDDED)
    assert "the package ray is missing; install it with" in said


def test_every_module_can_be_imported_without_ray(tmp_path, monkeypatch):
    assert int(without_ray(tmp_path, monkeypatch, EVERY_MODULE)) >= 10
