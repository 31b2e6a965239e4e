"""Colour errors, noise and halos of pictures made by hand, whose amounts are known."""

from __future__ import annotations

import math

import pytest
import torch
from torchvision.transforms.v2.functional import gaussian_blur

from toonkit.images.samples import sample_photo
from toonkit.metrics.blemishes import DARK, colour_error, halo, noise
from toonkit.project.errors import ToonkitError

COUNT = 12  # pictures
LEVEL = 1 / 127.5  # a grey level, in a picture's units


def plain(grey: float, side: int = 32, count: int = COUNT) -> torch.Tensor:
    """Pictures of one grey level of 0-255."""
    return torch.full((count, 3, side, side), grey * LEVEL - 1)


def grainy(pictures: torch.Tensor, levels: float, every: int = 8, channels: tuple[float, ...] = (1, 1, 1)):
    """Pictures with a grain of so many levels at every eighth pixel of every eighth row, from the fourth."""
    out = pictures.clone()
    out[..., 4::every, 4::every] += levels * LEVEL * torch.tensor(channels).view(3, 1, 1)
    return out


def step(low: float = 60, high: float = 180, side: int = 32) -> torch.Tensor:
    """Pictures of two greys, the left half of the one."""
    out = plain(low, side)
    out[..., side // 2 :] = high * LEVEL - 1
    return out


def test_colours_are_compared_as_averages_of_patches() -> None:
    photos = plain(100)
    chequer = photos.clone()
    chequer[..., ::2, ::2] += 40 * LEVEL
    chequer[..., 1::2, 1::2] -= 40 * LEVEL
    assert colour_error(chequer, photos).value == pytest.approx(0, abs=1e-6)  # texture, not colour
    other = photos.clone()
    other[:, 0] += 30 * LEVEL  # one channel of three
    found = colour_error(other, photos)
    assert found.value == pytest.approx(10 * LEVEL, abs=1e-6) and found.n == COUNT


@pytest.mark.parametrize("where", ["dark", "flat"])
def test_noise_is_a_share_of_the_photographs_own(where: str) -> None:
    photos = grainy(plain(30), 8)
    assert noise(photos, photos, where).value == pytest.approx(1, abs=1e-5)
    assert noise(plain(90), photos, where).value == pytest.approx(0, abs=1e-5)  # another grey, no grain
    half = noise(grainy(plain(20), -4), photos, where)
    assert half.value == pytest.approx(0.5, abs=1e-4) and half.n == COUNT
    denser = grainy(plain(30), 8, every=4)  # 7 x 7 grains of the same height instead of 4 x 4
    assert noise(denser, photos, where).value == pytest.approx(7 / 4, abs=1e-4)


def test_noise_of_colour_alone_counts() -> None:
    photos = grainy(plain(30), 8)
    coloured = grainy(plain(30), 8, channels=(1.0, -1.0, 0.0))  # its grey is plain; two channels of three have grain
    assert noise(coloured, photos, "flat").value == pytest.approx(math.sqrt(2 / 3), abs=1e-4)


def test_steps_between_colours_are_no_noise() -> None:
    photos = grainy(plain(30), 8)
    assert noise(step(10, 50), photos, "dark").value == pytest.approx(0, abs=1e-5)


def test_noise_counts_only_where_the_photograph_is_dark_or_flat() -> None:
    photos = grainy(step(30, 200), 8)
    bright = photos.clone()
    bright[..., 16:] = grainy(plain(200), 40)[..., 16:]  # noisier on the bright half alone
    assert noise(bright, photos, "dark").value == pytest.approx(1, abs=1e-5)
    assert noise(bright, photos, "flat").value > 2
    rough = torch.where(torch.arange(128) % 8 < 4, plain(100, 128), plain(250, 128))  # hardly flat, and nowhere dark
    for where in ("dark", "flat"):
        with pytest.raises(ToonkitError, match="needs at least 2 samples"):
            noise(rough, rough, where)


def test_photographs_without_the_place_are_left_out() -> None:
    photos = grainy(plain(DARK - 10), 8)
    photos[:3] = grainy(plain(DARK + 10), 8)[:3]
    assert noise(photos, photos, "dark").n == COUNT - 3
    assert noise(photos[:5], photos[:5], "dark").n == 2  # few, and still with an interval


def test_a_rim_beside_an_edge_is_a_halo_of_its_height() -> None:
    photos = step()
    bright, dark = photos.clone(), photos.clone()
    bright[..., 16] += 30 * LEVEL  # the first column of the bright half
    dark[..., 15] -= 18 * LEVEL  # the last one of the dark half
    columns = 7  # within three pixels of an edge that is one wide
    for drawn, side, other, height in ((bright, "bright", "dark", 30), (dark, "dark", "bright", 18)):
        found = halo(drawn, photos, side)
        assert found.value == pytest.approx(height / columns, rel=1e-4) and found.n == COUNT
        assert halo(drawn, photos, other).value == pytest.approx(0, abs=1e-4)


def test_what_is_within_the_photographs_range_or_far_from_edges_is_none() -> None:
    photos = step()
    inside = photos.clone()
    inside[..., 16] -= 60 * LEVEL  # darker than the bright half, brighter than the dark one
    far = photos.clone()
    far[..., 26:28] += 50 * LEVEL
    for drawn in (inside, far, photos):
        for side in ("bright", "dark"):
            assert halo(drawn, photos, side).value == pytest.approx(0, abs=1e-4)


def test_a_blur_has_no_halo_and_sharpening_has_two() -> None:
    whole = sample_photo("astronaut")
    photos = torch.stack([whole[:, y : y + 128, y : y + 128] for y in range(0, 300, 30)])
    blurred = gaussian_blur(photos, [5, 5], [1.0, 1.0])
    sharpened = 2 * photos - blurred
    for side in ("bright", "dark"):
        assert halo(blurred, photos, side).value == pytest.approx(0, abs=1e-3)
        once = halo(sharpened, photos, side).value
        twice = halo(3 * photos - 2 * blurred, photos, side).value
        assert once > 0.1 and twice >= 2 * once  # what is beyond the range grows faster than what is added


def test_other_places_and_sides_are_refused() -> None:
    photos = step()
    with pytest.raises(ToonkitError, match="area"):
        noise(photos, photos, "bright")
    with pytest.raises(ToonkitError, match="side"):
        halo(photos, photos, "left")
    with pytest.raises(ToonkitError, match="at least 2 samples"):
        halo(plain(90), plain(90), "dark")
