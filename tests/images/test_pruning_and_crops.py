"""Pruning against shapes whose measures are known in closed form, and crops around them."""

from __future__ import annotations

import json
import math

import pytest
import torch
from torchvision.transforms.v2 import functional as transforms

from toonkit.images import fit_picture
from toonkit.images.copies import hash_distance, perceptual_hash
from toonkit.images.crops import crop_mask, subject_crop, subject_square
from toonkit.images.pruning import Limits, Rejection, prune, sharpness, subject_facts
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import ToonkitError


def rectangle(top: int, left: int, height: int, width: int, size: int = 100) -> torch.Tensor:
    mask = torch.zeros(size, size, dtype=torch.int64)
    mask[top : top + height, left : left + width] = 1
    return mask


def textured(seed: int) -> torch.Tensor:
    """A sharp picture unlike that of any other seed."""
    rough = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(rough, (100, 100))[0]


def test_rectangle_measures():
    facts = subject_facts(rectangle(0, 10, 20, 40))
    assert facts == pytest.approx({"area": 0.08, "border": 40 / 396, "solidity": 1.0, "slenderness": 2.0})
    assert subject_facts(rectangle(0, 0, 100, 100))["border"] == 1.0
    assert subject_facts(torch.zeros(8, 8)) == {"area": 0.0}
    assert subject_facts(rectangle(50, 3, 1, 90))["slenderness"] == 90


def test_solidity_of_a_disc_and_of_a_ring():
    """A ring hides nothing of its hull but its hole: solidity 1 - (inner radius / outer radius) squared."""
    y, x = torch.meshgrid(torch.arange(200) - 99.5, torch.arange(200) - 99.5, indexing="ij")
    radius = (x**2 + y**2).sqrt()
    assert subject_facts(radius < 80)["solidity"] == pytest.approx(1.0, abs=0.01)
    assert subject_facts((radius < 80) & (radius >= 40))["solidity"] == pytest.approx(0.75, abs=0.01)
    assert subject_facts(radius < 80)["area"] == pytest.approx(math.pi * 80**2 / 200**2, rel=0.005)


def test_sharpness_of_a_known_wave():
    """The Laplacian of a sine of amplitude a and frequency w is 2 (cos w - 1) a sine: its variance is known."""
    frequency = 2 * math.pi / 16  # 8 whole waves in 128 pixels
    wave = 0.5 * torch.sin(frequency * torch.arange(128.0)).expand(3, 128, 128)  # 0.25 as grey in [0, 1]
    expected = (2 * (math.cos(frequency) - 1) * 0.25) ** 2 / 2
    assert sharpness(wave.contiguous()) == pytest.approx(expected, rel=0.02)
    assert sharpness(torch.zeros(3, 50, 70)) == 0


def test_blur_is_told_from_sharp_on_real_photographs():
    for name in SAMPLES:
        photo = fit_picture(sample_photo(name), 128)
        assert sharpness(photo) > Limits().sharpness > sharpness(transforms.gaussian_blur(photo, [13, 13], [3.0, 3.0]))


def test_hash_survives_what_keeps_the_picture_and_tells_pictures_apart():
    photos = torch.stack([fit_picture(sample_photo(name), 256) for name in SAMPLES])
    same = fit_picture(photos, 90) * 0.8 - 0.1  # smaller, darker, less contrast
    assert hash_distance(perceptual_hash(photos), perceptual_hash(same)).max() <= Limits().bits
    hashes = perceptual_hash(photos)
    differences = [hash_distance(hashes[i], hashes[j]).item() for i in range(4) for j in range(i)]
    assert min(differences) > 2 * Limits().bits
    assert (hashes[:, :64] > 0).sum(1).tolist() == pytest.approx([32] * 4, abs=1)  # half are above the median


def test_every_reason_is_found_and_logged(tmp_path):
    good = rectangle(30, 30, 40, 40)
    hollow = rectangle(5, 5, 90, 90) - rectangle(15, 15, 70, 70)
    samples = [
        ("good", textured(0), good),
        ("tiny", textured(1), rectangle(50, 50, 10, 10)),
        ("empty", textured(2), torch.zeros(100, 100)),
        ("cut", textured(3), rectangle(0, 0, 60, 90)),
        ("long", textured(4), rectangle(40, 5, 20, 90)),
        ("hidden", textured(5), hollow),
        ("soft", transforms.gaussian_blur(textured(6), [41, 41], [12.0, 12.0]), good),
        ("again", textured(0) * 0.9, good),
        ("no mask", textured(7), None),
    ]
    log = prune(samples)
    assert log.kept == ["good", "no mask"]
    found = {rejection.name: rejection.reason for rejection in log.rejected}
    assert found == {
        "tiny": "too small",
        "empty": "too small",
        "cut": "cut off",
        "long": "distorted",
        "hidden": "obscured",
        "soft": "blurred",
        "again": "duplicate",
    }
    assert log.rejected[0] == Rejection("tiny", "too small", pytest.approx(0.01), 0.05)
    assert log.rejected[-1].of == "good"
    assert log.counts()["kept"] == 2 and sum(log.counts().values()) == len(samples)
    log.write(tmp_path / "log.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert len(rows) == 7 and rows[-1]["of"] == "good"


def test_limits_can_be_left_out():
    tiny = [("tiny", textured(1), rectangle(50, 50, 10, 10)), ("again", textured(1), rectangle(50, 50, 10, 10))]
    assert prune(tiny, Limits(area=None)).kept == ["tiny"]
    assert prune(tiny, Limits(area=None, bits=None)).kept == ["tiny", "again"]


def test_mask_of_another_size():
    with pytest.raises(ToonkitError, match=r"odd: the mask is \(9, 9\)"):
        prune([("odd", textured(0), torch.ones(9, 9))])


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((40, 40, 20, 20), (37, 37, 26)),  # 20 and 15 % on both sides
        ((0, 80, 20, 20), (0, 74, 26)),  # moved in from two edges
        ((10, 5, 80, 30), (0, 0, 100)),  # larger than the picture: the whole of it
    ],
)
def test_square_around_the_subject(box, expected):
    square = subject_square(rectangle(*box))
    assert (square.top, square.left, square.side) == expected


def test_crop_centres_the_subject_at_the_size_asked():
    mask = rectangle(60, 70, 20, 20)
    picture = (mask * 2.0 - 1).expand(3, 100, 100)
    crop, cut = subject_crop(picture, mask), crop_mask(mask)
    assert crop.shape == (3, 512, 512) and cut.shape == (512, 512) and cut.dtype == mask.dtype
    inside = torch.nonzero(cut)
    assert inside.float().mean(0).tolist() == pytest.approx([255.5, 255.5], abs=10)
    assert cut.float().mean() == pytest.approx((20 / 26) ** 2, abs=0.01)
    assert ((crop[0] > 0) == (cut == 1)).float().mean() > 0.98
    with pytest.raises(ToonkitError, match="empty"):
        subject_square(torch.zeros(9, 9))
    with pytest.raises(ToonkitError, match="must agree"):
        subject_crop(picture, torch.ones(9, 9))
