"""Images of a plane show what their functions say, the right way up."""

import base64
import io

import numpy as np
import torch
from PIL import Image

from core.experiments.collapse import StackConfig, train_stack
from core.figures.plane import BANDS, PIXELS, bands_uri, edges, height_colours, probability_uri
from core.landscapes import LANDSCAPES


def pixels(uri):
    return np.array(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA"))


def test_a_loss_is_darkest_where_it_is_lowest_and_its_lines_are_where_a_band_begins():
    image = pixels(bands_uri(LANDSCAPES["valley"])).astype(int)
    assert image.shape == (PIXELS, PIXELS, 4)
    _, losses = LANDSCAPES["valley"].surface(PIXELS)
    band = np.floor(BANDS * (losses.numpy() - losses.min().item()) / np.ptp(losses.numpy()))
    plain = ~edges(band)[::-1]
    brightness = image[..., :3].sum(-1)
    means = [brightness[plain & (band[::-1] == level)].mean() for level in range(BANDS - 1)]
    assert means == sorted(means)


def test_an_image_has_high_numbers_of_the_second_weight_on_top():
    image = pixels(bands_uri(LANDSCAPES["banana"])).astype(int)[..., :3].sum(-1)
    low, high = LANDSCAPES["banana"].function(torch.tensor([1.9, 1.9]), torch.tensor([-1.9, 1.9]))
    assert low > high
    assert image[-4, -4] > image[3, -4]


def test_a_stack_is_blue_where_its_logit_is_positive():
    stack = train_stack(StackConfig("relu"))
    image = pixels(probability_uri(stack)).astype(int)
    for x, y in ((0.0, 0.0), (1.8, 1.6), (-1.9, 0.3), (0.2, -1.7)):
        row, column = round((2 - y) / 4 * (PIXELS - 1)), round((x + 2) / 4 * (PIXELS - 1))
        red, _, blue, _ = image[row, column]
        logit = float(stack.layers(torch.tensor([[x, y]], dtype=torch.float64))[-1])
        assert (blue > red) == (logit > 0), (x, y)


def test_colours_of_heights_go_from_dark_to_bright():
    colours = [sum(int(part) for part in colour[4:-1].split(",")) for colour in height_colours(9)]
    assert len(colours) == 9
    assert colours == sorted(colours)
