"""The drawing studio: a digit from a hand, a file or the test set; what the network sees; what it says."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from core.canvas import STEPS, EmptyDrawing, Preparation, prepare, squash
from core.data import load_mnist
from core.figures.digits import image_figure, probabilities_figure
from core.figures.pixels import ink, png_uri
from core.model import predict
from pages.ui import controls
from pages.ui.canvas import SIDE, draw
from pages.ui.charts import show
from pages.ui.model_choice import choose_model
from pages.ui.pace import TooFast
from pages.ui.state import set_url, url_integer
from pages.ui.tiles import Tile, show_tiles
from pages.ui.upload import uploaded

NO_DIGIT = "No digit is found in this picture. Dark ink on light paper, large and in the middle, is read best."
VIEW = 240  # pixels
SOURCES = {"hand": "Draw", "file": "Upload", "test": "Test digit"}


@dataclass(frozen=True)
class Subject:
    """What is to be read: an image (28, 28), how it was prepared if it was, and the truth if it is known."""

    image: NDArray[np.float32]
    preparation: Preparation | None = None
    truth: int | None = None


def drawing_studio() -> None:
    """Show source, verdict and view side by side, and the stages of the preparation below."""
    room = st.container(horizontal=True, gap="medium")  # what does not fit beside the canvas goes below it
    source_column, verdict_column = room.container(width=SIDE), room.container()
    view_column = room.container(width=VIEW)
    with source_column:
        source = controls.pick("Where the digit comes from", "source", SOURCES, "hand", label_visibility="collapsed")
    with view_column:
        view = st.container()
        skipped = controls.several("Skip these steps", "skip", controls.labels(STEPS), (), disabled=source == "test")
    with source_column:
        subject, request = _subject(source, skipped)
    with verdict_column:
        verdict = st.container()
        model = choose_model()
    with verdict:
        _show_verdict(model, subject, request)
    with view:
        st.markdown("**What the network sees**")
        image = np.zeros((28, 28), np.float32) if subject is None else subject.image
        show(image_figure(image, VIEW), "view", alt="The 28 × 28 image that the network reads")
    if source != "test":
        _stages(None if subject is None else subject.preparation, model)


def _subject(source: str, skipped: list[str]) -> tuple[Subject | None, str]:
    """Return what there is to read, or `None` and what the reader should do; a bad file is said beside its control."""
    if source == "test":
        return _test_digit(), ""
    request = "Draw a digit" if source == "hand" else "Choose a picture"
    try:
        rgba = draw("draw") if source == "hand" else uploaded()
        if rgba is not None:
            preparation = prepare(rgba, skipped)
            return Subject(preparation.image, preparation), ""
    except EmptyDrawing as error:
        if source == "hand":
            st.caption(str(error))
        else:
            st.warning(NO_DIGIT, icon=":material/image_search:")
    except TooFast as error:
        st.warning(str(error), icon=":material/hourglass_top:")
    except ValueError as error:
        st.error(str(error), icon=":material/broken_image:")
    return None, request


def _test_digit() -> Subject:
    digits = load_mnist()
    last = len(digits.test_labels) - 1
    index = url_integer("digit", 0, 0, last)
    st.button("Give me another test digit", icon=":material/casino:", on_click=_another, args=(last,))
    truth = int(digits.test_labels[index])
    st.caption(f"Number {index:,} of the 10,000 that no training has seen; somebody meant a {truth}.")
    return Subject(digits.test_images[index].astype(np.float32) / 255, None, truth)


def _another(last: int) -> None:
    set_url("digit", int(np.random.default_rng().integers(last + 1)))


def _show_verdict(model: nn.Module, subject: Subject | None, request: str) -> None:
    if subject is None:
        st.markdown(f"### {request}")
        show(probabilities_figure(np.zeros(10, np.float32)), "probabilities", alt="No digit, no prediction")
        return
    probabilities = predict(model, subject.image[None])[0]
    best = int(probabilities.argmax())
    grade = "" if subject.truth is None else (" ✓" if subject.truth == best else " ✗")
    st.markdown(f"### It reads a {best}{grade}")
    alt = f"The network reads a {best}, with probability {probabilities[best]:.0%}"
    show(probabilities_figure(probabilities), "probabilities", alt=alt)


def _stages(preparation: Preparation | None, model: nn.Module) -> None:
    st.markdown("**From your drawing to what the network sees,** and what it would read at each stage")
    if preparation is None:  # the room they will take
        blank = png_uri(ink(np.zeros((28, 28), np.float32)))
        tiles = [Tile(blank, step.caption, step.label) for step in STEPS.values()]
    else:
        stages = preparation.stages
        read = predict(model, np.stack([squash(stage.image) for stage in stages]))
        tiles = [
            Tile(png_uri(ink(stage.image)), stage.caption, f"{stage.name}: {row.argmax()}, {row.max():.0%}")
            for stage, row in zip(stages, read, strict=True)
        ]
    show_tiles(tiles, "stages", least=130)
