"""`toonify` with a mask: holes are repaired before any method draws, and every mask that is none is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from toonkit.chapters import drawing_choice
from toonkit.chapters.drawing_choice import methods
from toonkit.export.pictures import toonify
from toonkit.filters import abstraction
from toonkit.filters.repair import repair
from toonkit.images import read_picture, write_picture
from toonkit.project.errors import PictureError
from toonkit.world import ToonWorld

HEIGHT, WIDTH = 20, 30


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """A method that draws what it is given, so that the repaired photograph itself is written."""
    monkeypatch.setattr(drawing_choice, "methods", lambda: methods() | {"plain": lambda: lambda pictures: pictures})


@pytest.fixture
def photo() -> torch.Tensor:
    """A ramp from left to right, (3, H, W), on which a hole is easy to mend."""
    return torch.linspace(-0.8, 0.8, WIDTH).expand(3, HEIGHT, WIDTH).contiguous()


@pytest.fixture
def hole() -> torch.Tensor:
    mask = torch.zeros(1, 1, HEIGHT, WIDTH)
    mask[..., 6:13, 10:16] = 1
    return mask


def write_mask(path: Path, mask: torch.Tensor, mode: str = "RGB") -> Path:
    Image.fromarray((mask[0, 0] * 255).byte().numpy(), "L").convert(mode).save(path)
    return path


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA"])
def test_what_is_white_is_repaired_and_the_rest_stays(tmp_path, photo, hole, mode):
    write_picture(tmp_path / "a.png", torch.where(hole[0] > 0, 1.0, photo))
    mask = write_mask(tmp_path / "mask.png", hole, mode)
    report = toonify([tmp_path / "a.png"], tmp_path / "out.png", "plain", mask=mask)
    found, damaged = read_picture(tmp_path / "out.png"), read_picture(tmp_path / "a.png")
    assert not report.failed and torch.equal(found[:, hole[0, 0] == 0], damaged[:, hole[0, 0] == 0])
    assert (found - photo).abs().max() < 0.15 < (damaged - photo).abs().max()


def test_a_real_method_draws_the_repaired_photograph(tmp_path):
    photo = ToonWorld("faces", "val", 48, count=1).photos([0])
    hole = torch.zeros(1, 1, 48, 48)
    hole[..., 10:25, 20:40] = 1
    write_picture(tmp_path / "a.png", photo[0])
    toonify([tmp_path / "a.png"], tmp_path / "out.png", mask=write_mask(tmp_path / "mask.png", hole))
    expected = abstraction(repair(read_picture(tmp_path / "a.png")[None], hole))[0]
    assert (read_picture(tmp_path / "out.png") - expected).abs().max() <= 1 / 127.5


def test_a_photograph_of_another_size_fails_alone(tmp_path, photo, hole):
    write_picture(tmp_path / "a.png", photo)
    write_picture(tmp_path / "b.png", photo[..., :25])
    mask = write_mask(tmp_path / "mask.png", hole)
    report = toonify([tmp_path / "a.png", tmp_path / "b.png"], tmp_path / "out", "plain", mask=mask)
    ((path, reason),) = report.failed
    assert len(report.done) == 1 and path.name == "b.png"
    assert "masks: 1 of 30x20 pixels; photographs: 1 of 25x20; each photograph needs a mask of its size" in reason


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ((0, 0, 0), "nothing is missing"),
        ((255, 255, 255), "everything is missing"),
        ((128, 128, 128), r"holds 0\.502; threshold it, and save it as PNG"),
        ((255, 0, 0), r"holds 0\.333"),
    ],
)
def test_masks_that_are_none_stop_the_whole_call(tmp_path, photo, colour, words):
    write_picture(tmp_path / "a.png", photo)
    Image.new("RGB", (WIDTH, HEIGHT), colour).save(tmp_path / "mask.png")
    with pytest.raises(PictureError, match=rf"mask\.png is no mask: .*{words}"):
        toonify([tmp_path / "a.png"], tmp_path / "out", "plain", mask=tmp_path / "mask.png")
    assert not (tmp_path / "out").exists()


def test_an_absent_or_damaged_mask_is_named(tmp_path, photo):
    write_picture(tmp_path / "a.png", photo)
    (tmp_path / "text.png").write_text("no picture")
    for name, words in (("none.png", "does not exist"), ("text.png", "does not hold a picture")):
        with pytest.raises(PictureError, match=rf"{name} {words}"):
            toonify([tmp_path / "a.png"], tmp_path / "out", "plain", mask=tmp_path / name)
