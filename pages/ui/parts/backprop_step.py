"""What one more step would do to the loss, beside a lesson's step button."""

from streamlit.delta_generator import DeltaGenerator

from core.words import number_text


def show_loss_after(place: DeltaGenerator, label: str, before: float, after: float) -> None:
    """Show the loss after a step and its change, green when it falls."""
    change = number_text(after - before)
    if after < before:
        place.metric(label, number_text(after), change, delta_color="green", delta_arrow="down")
    else:
        place.metric(label, number_text(after), change, delta_color="red", delta_arrow="up")
