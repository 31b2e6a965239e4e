from __future__ import annotations

import pytest
import torch
from helpers import random_pictures
from skimage import data
from skimage.color import rgb2lab

from toonkit.filters import abstraction, line_drawing, luminance_quantisation
from toonkit.project.errors import ToonkitError


def astronaut() -> torch.Tensor:
    """The head of scikit-image's astronaut, 160 x 160."""
    return torch.from_numpy(data.astronaut()[20:180, 130:290].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def lightness(pictures: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(rgb2lab(pictures[0].permute(1, 2, 0).numpy() / 2 + 0.5)[..., 0])


def test_quantisation_is_the_soft_staircase_of_lightness() -> None:
    grey = torch.linspace(-1, 1, 512).expand(1, 3, 1, 512)
    before, after = lightness(grey)[0], lightness(luminance_quantisation(grey, bins=5, sharpness=2))[0]
    boundary = (before / 20).round() * 20
    torch.testing.assert_close(after, boundary + 10 * torch.tanh(2 * (before - boundary)), atol=0.1, rtol=0)
    assert (after.diff() > -0.05).all()  # never turns back


def test_quantisation_gathers_lightness_around_the_steps_and_keeps_hue() -> None:
    picture = astronaut()
    flat = luminance_quantisation(picture, bins=8)
    centres = (torch.arange(8) + 0.5) * 12.5

    def near_a_step(p: torch.Tensor) -> float:
        return ((lightness(p)[..., None] - centres).abs().amin(-1) < 1.5).double().mean().item()

    assert near_a_step(flat) > 0.6 > 0.35 > near_a_step(picture)
    assert (flat.mean((2, 3)) - picture.mean((2, 3))).abs().max() < 0.05


def test_black_and_white_stay_black_and_white() -> None:
    for level in (-1.0, 1.0):
        picture = torch.full((1, 3, 12, 12), level)
        torch.testing.assert_close(abstraction(picture), picture, atol=1e-3, rtol=0)


def test_a_cartoon_is_flatter_than_its_photograph_and_has_ink() -> None:
    picture = astronaut()
    cartoon = abstraction(picture)
    slope = [p.diff(dim=3).abs().amax(1) for p in (picture, cartoon)]
    still = [(s < 2 / 255).double().mean().item() for s in slope]
    assert still[1] > 2 * still[0]
    ink = (cartoon < -0.9).all(1).double().mean().item()
    assert ink > (picture < -0.9).all(1).double().mean().item() + 0.01
    assert (cartoon - picture).abs().mean() < 0.15  # still the same person


def test_no_ink_without_tau() -> None:
    picture = astronaut()
    assert (abstraction(picture, tau=0.0) < -0.9).all(1).sum() < (abstraction(picture) < -0.9).all(1).sum()


def test_neither_the_batch_nor_the_tiles_show() -> None:
    pictures = torch.cat([astronaut()[..., :70, :90], random_pictures(1, 3, 70, 90)])
    together = abstraction(pictures)
    for i in range(2):
        torch.testing.assert_close(abstraction(pictures[i : i + 1]), together[i : i + 1], atol=2e-6, rtol=0)
    # Lines and smoothing are equal to the bit; kornia's powers for L*a*b* round by where a number lies in memory.
    torch.testing.assert_close(abstraction(pictures, tile=33), together, atol=2e-6, rtol=0)


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    picture, threads = astronaut(), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = line_drawing(picture), abstraction(picture)
        torch.set_num_threads(2)
        assert torch.equal(line_drawing(picture), alone[0]) and torch.equal(abstraction(picture), alone[1])
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 3)])
def test_tiny_pictures_become_cartoons(size: tuple[int, int]) -> None:
    cartoon = abstraction(random_pictures(2, 3, *size))
    assert cartoon.shape == (2, 3, *size) and cartoon.abs().max() <= 1


def test_bad_values_are_refused() -> None:
    with pytest.raises(ToonkitError, match="bins"):
        abstraction(torch.zeros(1, 3, 8, 8), bins=1)
    with pytest.raises(ToonkitError, match="sharpness"):
        luminance_quantisation(torch.zeros(1, 3, 8, 8), sharpness=0)
    with pytest.raises(ToonkitError, match="NaN"):
        abstraction(torch.full((1, 3, 8, 8), float("nan")))
