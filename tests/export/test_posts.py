"""Posts as the third report's app made them, and the pairs that a crawler cuts out of them again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit import cli
from toonkit.chapters import drawing_choice
from toonkit.export.posts import CORNER, make_posts, post
from toonkit.images import fit_picture, read_picture, write_picture
from toonkit.images.open_pictures import open_pictures
from toonkit.images.pairs import make_pairs
from toonkit.images.sources import source_ready
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld
from toonkit.world.extras import paste_watermark

SIDE = 96
JPEG = 0.02  # mean difference, of the range [-1, 1], that coding at quality 95 leaves
WAYS = {"negative": lambda pictures: -pictures, "darker": lambda pictures: (pictures - 1) / 2}


@pytest.fixture
def known_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ways to draw that are known in closed form, beside the real ones."""
    found = drawing_choice.methods() | {name: lambda way=way: way for name, way in WAYS.items()}
    monkeypatch.setattr(drawing_choice, "methods", lambda: found)


def people() -> list[torch.Tensor]:
    """Photographs of faces: real people where they are on this machine, and ToonWorld's everywhere."""
    painted = list(ToonWorld("faces", "test", 128).photos(range(3)))
    if not source_ready("caltech101"):
        return painted
    faces = [path for path in open_pictures("caltech101", "test") if path.parent.name == "Faces_easy"]
    return [*painted, *(read_picture(path) for path in faces[::12])]


def test_a_post_is_the_photograph_and_three_marked_cartoons() -> None:
    photo = ToonWorld("faces", "test", 64).photos(range(2))
    made = post(photo, [WAYS["negative"], WAYS["darker"]], 64)
    negative, darker = (paste_watermark(WAYS[name](photo), CORNER) for name in WAYS)
    assert made.shape == (2, 3, 128, 128)
    panels = (made[..., :64, :64], made[..., :64, 64:], made[..., 64:, :64], made[..., 64:, 64:])
    for panel, wanted in zip(panels, (photo, negative, darker, negative), strict=True):
        assert torch.equal(panel, wanted)
    lower_left = made[..., 53:59, 69:75]  # within the mark of the first cartoon, which covers whatever was drawn
    assert torch.equal(lower_left[0], lower_left[1]) and float(lower_left.std()) > 0.2


def test_pairs_cut_from_posts_are_what_was_pasted(tmp_path: Path, known_ways: None) -> None:
    portraits = tmp_path / "portraits"
    portraits.mkdir()
    for number, photo in enumerate(people()):
        write_picture(portraits / f"{number}.jpg", photo)
    made = make_posts([portraits], tmp_path / "posts", ["negative", "darker"], SIDE, say=lambda line: None)
    assert len(made.done) == len(people()) and not made.failed
    report = make_pairs(tmp_path / "posts", tmp_path / "pairs", photo=0, toons=[2])
    assert len(report.accepted) == len(people()), str(report)
    for file, name, seams in report.accepted:
        assert seams.rows == seams.columns == (SIDE, SIDE)
        portrait = fit_picture(read_picture(portraits / file), SIDE)
        cartoon = paste_watermark(WAYS["darker"](portrait)[None], CORNER)[0]
        for side, wanted in (("photo", portrait), ("toon", cartoon)):
            cut = read_picture(tmp_path / "pairs" / side / f"{name}.png")
            assert float((cut - wanted).abs().mean()) < JPEG


def test_the_command_makes_posts_and_counts_what_failed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "in").mkdir()
    write_picture(tmp_path / "in" / "a.png", people()[0])
    (tmp_path / "in" / "b.png").write_bytes(b"no picture")
    assert cli.main(["posts", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--side", "64"]) == 1
    assert read_picture(tmp_path / "out" / "a.png").shape == (3, 128, 128)
    assert "1 done, 1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("methods", "side", "words"),
    [([], 64, "0 methods"), (["classical"] * 4, 64, "4 methods"), (["classical"], 8, "8 pixels"), (["oil"], 64, "oil")],
)
def test_what_makes_no_post_is_refused(tmp_path: Path, methods: list[str], side: int, words: str) -> None:
    with pytest.raises(ToonkitError, match=words):
        make_posts([tmp_path], tmp_path / "out", methods, side)
