"""“The code that ran” is what the settings on the page ran: of the chosen part, of the chosen function."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.activations import ACTIVATIONS
from core.landscapes import LANDSCAPES
from core.loss_ladder import LADDER
from core.losses import LOSSES
from core.optimizers import SCHEDULES
from pages.ui.parts.loss_curves import CURVES

MAIN = Path(__file__).resolve().parents[2] / "pages" / "ui" / "main.py"
PARTS = {
    "forward_pass": ("By hand", "Bias", "As matrices", "A real digit"),
    "activations": ("One function", "A stack", "Deep", "Dead units", "Softmax"),
    "loss_functions": ("Repair", "Curves", "Outlier", "Cross-entropy"),
    "gradient_descent": ("One weight", "Nudge or derivative", "Two weights", "Ask autograd"),
    "learning_rate": ("One weight", "Side by side", "Two weights", "A real network"),
    "backpropagation": ("3x² + 2", "Your formula", "Matrices", "A network", "Why it adds up"),
}


@pytest.fixture
def opened():
    """A lesson whose code is open: `opened("activations", part="Deep")`."""

    def open_lesson(lesson: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=60)
        page.switch_page(f"../{lesson}.py")
        page.session_state[f"{lesson}:code"] = True
        for key, value in query.items():
            page.query_params[key] = value
        page.run()
        assert not page.exception, page.exception[0]
        return page

    return open_lesson


def functions(page: AppTest) -> list[str]:
    return [tab.label for tab in page.tabs]


@pytest.mark.parametrize(("lesson", "part"), [(lesson, part) for lesson, parts in PARTS.items() for part in parts])
def test_every_function_of_every_part_shows_its_source(opened, lesson, part):
    page = opened(lesson, part=part)
    names = functions(page)
    assert names
    for name in names:
        page.session_state[f"{lesson}:{'+'.join(names)}"] = name
        page.run()
        assert not page.exception, page.exception[0]
        code = page.code[-1].value
        assert f"def {name}(" in code or f"class {name}" in code


def test_it_is_only_drawn_once_it_is_open(open_page):
    page = open_page("activations")
    assert not page.tabs
    assert not page.code


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_it_follows_the_chosen_activation(opened, name):
    own = {"prelu": ["leaky_relu", "leaky_relu_slope"], "relu": ["relu", "step"]}
    page = opened("activations", f=ACTIVATIONS[name].label)
    assert functions(page)[:2] == own.get(name, [name, f"{name}_slope"])
    assert opened("forward_pass", part="Bias", act="Tanh").tabs[1].label == "tanh"


def test_it_tells_the_slope_that_the_reader_gave(opened):
    page = opened("activations", f=ACTIVATIONS["prelu"].label, a="0.4")
    assert page.caption[-1].value.endswith("with leak = 0.4")
    page.selectbox(key="f").set_value("gelu").run()
    assert functions(page)[0] == "gelu"
    assert page.code[-1].value.startswith("def gelu(")


@pytest.mark.parametrize("name", CURVES)
def test_it_follows_the_chosen_loss(opened, name):
    page = opened("loss_functions", part="Curves", loss=CURVES[name])
    assert functions(page)[:2] == [name, f"{name}_slope"]
    assert LOSSES[name].function.__name__ == name


@pytest.mark.parametrize("rung", LADDER)
def test_it_follows_the_repair(opened, rung):
    assert functions(opened("loss_functions", rung=LADDER[rung].label.split(":")[0]))[0] == rung


@pytest.mark.parametrize("name", ["absolute", "noisy", "digits"])
def test_it_follows_the_curve_that_is_walked_down(opened, name):
    page = opened("gradient_descent", curve=LANDSCAPES[name].label)
    assert functions(page)[-1] == LANDSCAPES[name].function.__name__


def test_it_has_the_formula_that_was_typed(opened):
    assert functions(opened("gradient_descent", curve="Your own formula"))[-1] == "typed"


@pytest.mark.parametrize("name", SCHEDULES)
def test_it_follows_the_schedule(opened, name):
    assert name in functions(opened("learning_rate", schedule=SCHEDULES[name].label))


def test_it_follows_what_is_added_up(opened):
    assert functions(opened("backpropagation", part="Why it adds up", sum="At a fork"))[0] == "fork_graph"
