"""The Train page without a browser: controls, recipes, settings that do not fit, a run from start to end."""

import time

import pytest

from core.model import ModelConfig
from core.runs import RunSpec
from core.training import RECIPES, TrainConfig


def button(page, label):
    return next(entry for entry in page.button if entry.label == label)


def shown(page):
    """The run that the controls make, read from what they show."""
    numbers = {entry.label: entry.value for entry in page.number_input}
    choices = {entry.label: entry.value for entry in page.selectbox}
    sliders = {entry.label: entry.value for entry in (*page.slider, *page.select_slider)}
    hidden = tuple(numbers[f"Width {layer + 1}"] for layer in range(numbers["Hidden layers"]))
    return (
        ModelConfig(hidden, choices["Activation"], sliders["Dropout"]),
        TrainConfig(
            numbers["Epochs"],
            numbers["Batch size"],
            choices["Optimiser"],
            float(sliders["Learning rate"]),
            choices["Schedule"],
            float(sliders["L2 penalty"]),
            choices["Augmentation"],
            numbers["Seed"],
        ),
    )


@pytest.mark.parametrize("name", RECIPES)
def test_a_link_to_a_recipe_shows_its_settings(open_page, name):
    page = open_page("train", recipe=name)
    assert shown(page) == (RECIPES[name].model, RECIPES[name].training)


def test_choosing_a_recipe_sets_every_control(open_page):
    page = open_page("train", layers=3, width2=20, rate="0.3", epochs=9, optimizer="sgd", dropout="0.5", seed=4)
    assert shown(page)[0] == ModelConfig((256, 20, 64), "relu", 0.5)
    for name in ("accurate", "quick"):
        next(entry for entry in page.button_group if entry.label == "Recipe").set_value(name)
        page.run()
        assert shown(page) == (RECIPES[name].model, RECIPES[name].training)


def test_settings_that_do_not_fit_are_told_in_words_and_cannot_be_run(open_page):
    page = open_page("train", layers=4, width1=1024, width2=1024, width3=1024, width4=1024, batch=4096)
    assert not page.exception
    assert "do not go together" in page.error[0].value
    assert "it must be" in page.error[0].value
    assert button(page, "Train").disabled


def test_a_run_from_start_to_end(open_page):
    page = open_page("train", layers=0, epochs=1)
    assert page.metric[0].value == "–"
    button(page, "Train").click().run()
    assert button(page, "Train").disabled
    deadline = time.monotonic() + 60
    while "Finished" not in page.get("progress")[0].proto.text and time.monotonic() < deadline:
        page.run()
    assert float(page.metric[0].value.rstrip("%")) > 85
    assert not button(page, "Train").disabled
    button(page, "Reset").click().run()
    assert page.metric[0].value == "–"


def test_what_the_controls_show_is_what_a_run_gets(open_page):
    page = open_page("train", layers=1, width1=33, rate="0.01", epochs=2, seed=5)
    assert RunSpec(*shown(page)).model.parameters == 784 * 33 + 33 + 33 * 10 + 10
    assert "26,245" in page.get("progress")[0].proto.text
