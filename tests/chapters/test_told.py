"""A method that is told factors of its loss weights: what it draws, and what it refuses."""

from __future__ import annotations

import pytest
import torch

from toonkit.chapters.drawing_choice import choose_drawing, factors_of
from toonkit.chapters.loading import load_configured
from toonkit.chapters.semantic.config import CONTROLS
from toonkit.chapters.semantic.figures import CONTROLLED, GENERATOR
from toonkit.filters.flat import flat_cartoon
from toonkit.networks.drawing import draw
from toonkit.project.errors import ToonkitError
from toonkit.training.controls import AtSetting
from toonkit.world import ToonWorld


def test_a_told_method_draws_what_the_generator_draws_with_these_numbers() -> None:
    photo = ToonWorld("scenes", "test", 64).photos([0])
    generator, config = load_configured(CONTROLLED, GENERATOR)
    numbers = torch.zeros(1, len(CONTROLS))
    numbers[0, CONTROLS.index("texture")] = -0.5  # a factor of 1/2 is 4 to the power of -1/2
    numbers[0, CONTROLS.index("tv")] = 1.0
    wanted = generator(torch.cat([photo, flat_cartoon(photo, config.strength)], 1), numbers)
    drawn = choose_drawing("semantic:texture=0.5, tv=4")(photo)
    torch.testing.assert_close(drawn, wanted, rtol=0, atol=1e-5)
    assert (choose_drawing("semantic:texture=4")(photo) - drawn).abs().mean() > 0.005


def test_a_generator_at_a_setting_is_drawn_in_tiles_like_any_other() -> None:
    generator, _ = load_configured(CONTROLLED, GENERATOR)
    told = AtSetting(generator, {"content": 2.0}, CONTROLS)
    assert (told.multiple, told.reach) == (generator.multiple, generator.reach)
    wide = torch.rand(1, 6, 32, 700, generator=torch.Generator().manual_seed(0)) * 2 - 1
    torch.testing.assert_close(draw(told, wide), told(wide), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("semantic:texture=9", "learnt from 0.25 to 4"),
        ("semantic:line=2", "control"),
        ("semantic:texture", "'texture' should read NAME=VALUE"),
        ("semantic:", "should read NAME=VALUE"),
        ("semantic:texture=much", "should read like"),
        ("semantic:texture=2,texture=3", "texture is set twice"),
        ("animated:texture=1", "method 'animated' cannot be told 'texture=1'; semantic can"),
        ("other:texture=1", "method"),
    ],
)
def test_what_cannot_be_told_is_refused(method: str, words: str) -> None:
    with pytest.raises(ToonkitError, match=words):
        choose_drawing(method)


def test_factors_are_read_from_words() -> None:
    assert factors_of("texture=0.5, tv=2") == {"texture": 0.5, "tv": 2.0}
