"""3 against 7 by hand, on a page: the two ideals, a digit held against both, and the score of each way."""

import streamlit as st

from core.experiments.baseline import DISTANCES, Contest, compare, contest
from core.experiments.pairs import unit
from core.figures.baseline import ideals_figure, scores_figure
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.parts.loop_state import pairs
from pages.ui.quiz import Outcome
from pages.ui.state import set_url, url_integer

LEARNED = "learned: 785 weights"


@st.fragment
def by_hand() -> None:
    """Show a test digit, how far each of its pixels is from both ideals, and how often that rule is right."""
    result = contest()
    picture, words = st.columns([6, 5], gap="large")
    with words:
        name = controls.pick("Distance", "distance", controls.labels(DISTANCES), "l1")
        digit = _which_digit(result, name)
    image, is_seven = unit(pairs().test_images[digit]), bool(pairs().test_targets[digit])
    compared = compare(image[None], result.ideals, DISTANCES[name])
    with picture:
        parts = (compared.three_parts[0], compared.seven_parts[0])
        images = (image, result.ideals.three, result.ideals.seven, *parts)
        alt = "A test digit, the mean 3 and the mean 7, and each pixel's distance to both."
        show(ideals_figure(*(part.numpy() for part in images)), "baseline_ideals", alt)
    with words:
        _verdict(float(compared.three), float(compared.seven), is_seven, name)
        with st.expander("The score of each way", icon=":material/leaderboard:"):  # closed: the question asks for it
            show(scores_figure(scores(result), LEARNED), "baseline_scores", "Test accuracy of each way.")


def _which_digit(result: Contest, name: str) -> int:
    """Return the number of the test digit on show, from the URL; a button goes on to the next mistake."""
    last = len(result.right[name]) - 1
    wrong = (~result.right[name]).nonzero().flatten().tolist()

    def next_mistake() -> None:
        now = url_integer("digit", 0, 0, last)
        set_url("digit", next((index for index in wrong if index > now), wrong[0]), 0)

    def move(by: int) -> None:
        set_url("digit", (url_integer("digit", 0, 0, last) + by) % (last + 1), 0)

    digit = url_integer("digit", 0, 0, last)
    st.caption(f"Digit {digit + 1:,} of {last + 1:,} test 3s and 7s")
    with st.container(horizontal=True, gap="small"):
        st.button("Back", key="digit_back", icon=":material/arrow_back:", on_click=move, args=(-1,))
        st.button("Next", key="digit_next", icon=":material/arrow_forward:", on_click=move, args=(1,))
        st.button("Next mistake", key="mistake", icon=":material/search:", on_click=next_mistake)
    return digit


def _verdict(three: float, seven: float, is_seven: bool, name: str) -> None:
    closer, truth = (7 if seven < three else 3), (7 if is_seven else 3)
    st.latex(rf"d(x, m) = {DISTANCES[name].formula}")
    st.latex(rf"d_3 = {three:.4f}, \quad d_7 = {seven:.4f}")
    if closer == truth:
        st.markdown(f"Closer to the ideal **{closer}**, and a {truth} it is.")
    else:
        st.markdown(f"Closer to the ideal **{closer}**, yet it is a **{truth}**: the rule is wrong here.")


def scores(result: Contest) -> dict[str, float]:
    """Return the test accuracy of each rule made by hand, and of the learned weights."""
    hand = {f"by hand: {distance.label}": result.by_hand(name) for name, distance in DISTANCES.items()}
    return hand | {LEARNED: result.learned.accuracy or 0.0}


def who_wins() -> Outcome:
    """Run the contest: by hand (0), learned (1), or less than half a point between them (2)."""
    result = contest()
    hand, learned = max(result.by_hand(name) for name in DISTANCES), result.learned.accuracy or 0.0
    choice = 2 if abs(learned - hand) < 0.005 else int(learned > hand)
    total = len(pairs().test_targets)
    sentence = (
        f"On {total:,} test digits the better rule by hand is right {hand:.2%} of the time, the learned weights "
        f"{learned:.2%} after {result.learned.rounds:,} rounds: {round((1 - hand) * total)} mistakes against "
        f"{round((1 - learned) * total)}."
    )
    return Outcome(choice, sentence)
