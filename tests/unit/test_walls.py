"""The walls between the rooms: who may import whom, and what nobody may use."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.paths import ROOT

SCRIPTS = sorted(
    path for part in ("app.py", "pages/**/*.py", "core/**/*.py", "scripts/**/*.py") for path in ROOT.glob(part)
)
LESSONS = {path.stem for path in (ROOT / "pages").glob("*.py")}
NEVER_CALLED = {"eval", "exec", "compile", "__import__"}
NEVER_IMPORTED = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
PICKLING = {f"multiprocessing.{name}" for name in ("Queue", "SimpleQueue", "JoinableQueue", "Pool", "Manager")}
ROOT_LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log", "basicConfig"}
PIPE = re.compile(r"(pipe|theirs|ours|conn|connection|waker|woken)$")


def name_of(path: Path) -> str:
    """The dotted name of a module: `core/runs/spec.py` is `core.runs.spec`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from a import b` counts as `a` and as `a.b`."""
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def inside(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def offenders(allowed, *rooms: str) -> list[str]:
    """Files outside the allowed places that import something of these rooms."""
    return sorted(
        {
            f"{name_of(path)} imports {module}"
            for path in SCRIPTS
            if not allowed(name_of(path))
            for module in imports_of(path)
            if any(inside(module, room) for room in rooms)
        }
    )


def test_the_scan_sees_the_project():
    names = {name_of(path) for path in SCRIPTS}
    assert {"app", "pages.ui.main", "pages.the_loop", "core.model", "core.figures.style", "scripts.build_data"} <= names
    assert "streamlit" in imports_of(ROOT / "pages" / "the_loop.py")
    assert "core.experiments.loop.LoopConfig" in imports_of(ROOT / "pages" / "the_loop.py")


def test_streamlit_stays_in_app_and_pages():
    assert not offenders(lambda name: name == "app" or inside(name, "pages"), "streamlit", "streamlit_drawable_canvas")


def test_plotly_stays_in_the_figures():
    # app.py may import it to warm it up
    assert not offenders(lambda name: name == "app" or inside(name, "core.figures"), "plotly")


def test_nobody_imports_a_lesson():
    assert not offenders(lambda name: False, *(f"pages.{lesson}" for lesson in LESSONS))


@pytest.mark.parametrize(
    ("room", "above"),
    [
        ("core", ("pages", "app", "scripts", "tests")),
        ("pages", ("app", "scripts", "tests")),
        ("app", ("scripts", "tests")),
        ("scripts", ("pages", "app", "tests")),
    ],
)
def test_imports_point_one_way(room: str, above: tuple[str, ...]):
    assert not offenders(lambda name: not inside(name, room), *above)


def test_core_without_figures_never_imports_figures():
    assert not offenders(lambda name: not inside(name, "core") or inside(name, "core.figures"), "core.figures")


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_nothing_is_executed_that_was_not_written_here(path: Path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in NEVER_CALLED, f"line {node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "load":
            told = {keyword.arg: keyword.value for keyword in node.keywords}
            owner = getattr(node.func.value, "id", "")
            assert owner != "torch", f"line {node.lineno} reads a pickle with torch.load"
            forbids = isinstance(told.get("allow_pickle"), ast.Constant) and told["allow_pickle"].value is False
            assert owner != "np" or forbids, f"line {node.lineno}: np.load without allow_pickle=False"
    assert not NEVER_IMPORTED & {module.split(".")[0] for module in imports_of(path)}


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_nothing_is_pickled_on_the_way(path: Path):
    """Connections pickle what they send and unpickle what they receive, and Streamlit's cache of data does both."""
    assert not PICKLING & set(imports_of(path))
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            assert node.attr != "recv", f"line {node.lineno} unpickles"
            assert node.attr != "send" or not PIPE.search(owner), f"line {node.lineno} pickles"
            assert node.attr != "cache_data", f"line {node.lineno} pickles"
            assert f"{owner}.{node.attr}" not in PICKLING, f"line {node.lineno} pickles"


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_nobody_writes_to_the_root_logger(path: Path):
    """`logging.warning(…)` gives the root a handler of its own: each line then comes twice, and not as JSON."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            at_root = ast.unparse(node.func.value) == "logging" and node.func.attr in ROOT_LOGGING
            assert not at_root, f"line {node.lineno} writes to the root logger"


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_no_shell_is_ever_asked(path: Path):
    imported = set(imports_of(path))
    assert inside(name_of(path), "scripts") or "subprocess" not in imported  # of the tools, none of the server
    assert not imported & {"os.system", "os.popen", "pty", "commands"}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert not called.startswith(("os.system", "os.popen", "os.exec", "os.spawn")), f"line {node.lineno}"
            assert "shell" not in {keyword.arg for keyword in node.keywords}, f"line {node.lineno}"
            if called.endswith("Image.open"):
                told = {keyword.arg for keyword in node.keywords}
                assert "formats" in told, f"line {node.lineno} opens pictures of any kind"


@pytest.mark.parametrize("path", [path for path in SCRIPTS if inside(name_of(path), "core")], ids=name_of)
def test_core_is_silent(path: Path):
    speaks = {"core.training.__main__"}  # the command line
    calls = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    assert name_of(path) in speaks or not [n.lineno for n in calls if n.func.id in ("print", "input")]
