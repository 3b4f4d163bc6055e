"""Lines as a round pen draws them."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]  # x to the right, y down


def draw_lines(picture: Image.Image, lines: Sequence[Sequence[Point]], width: float) -> None:
    """Draw lines in white on a grey picture (mutated), with round caps and joints; points and width in its pixels."""
    draw, radius = ImageDraw.Draw(picture), width / 2
    for line in lines:
        draw.line(list(line), 255, round(width))
        for x, y in line:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
