"""What is derived from many pictures is made once, and read again only for the same pictures and the same filter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit.chapters import sides
from toonkit.filters.flat import flat_cartoon
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import WeightsError


@pytest.fixture
def flattened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures the filter was given, call by call, with an empty cache."""
    given: list[int] = []

    def counted(pictures: torch.Tensor, strength: float) -> torch.Tensor:
        given.append(len(pictures))
        return flat_cartoon(pictures, strength)

    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    monkeypatch.setattr(sides, "MANY", 3)
    monkeypatch.setattr(sides, "flat_cartoon", counted)
    return given


def photographs(count: int = 4) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, 24, 24), dtype=torch.uint8, generator=torch.Generator().manual_seed(count))


def test_many_are_flattened_once(flattened: list[int]) -> None:
    photos = photographs()
    wanted = as_bytes(flat_cartoon(as_pictures(photos), 0.02))
    for _ in range(2):
        assert torch.equal(sides.flattened(photos, 0.02), wanted)
    assert flattened == [1, 4, 1]


def test_few_are_not_kept(flattened: list[int], tmp_path: Path) -> None:
    for _ in range(2):
        sides.flattened(photographs(2), 0.02)
    assert flattened == [2, 2] and list(tmp_path.iterdir()) == []


def test_another_strength_picture_or_filter_has_a_file_of_its_own(
    flattened: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = photographs()
    weak, strong = sides.flattened(photos, 0.001), sides.flattened(photos, 0.1)
    assert not torch.equal(weak, strong)
    changed = photos.clone()
    changed[3] = 255 - changed[3]
    assert not torch.equal(sides.flattened(changed, 0.001)[3], weak[3])
    monkeypatch.setattr(sides, "flat_cartoon", lambda pictures, strength: -pictures)
    assert torch.equal(sides.flattened(photos, 0.001), as_bytes(-as_pictures(photos)))


def test_a_damaged_file_is_not_read(flattened: list[int], tmp_path: Path) -> None:
    sides.flattened(photographs(), 0.02)
    (path,) = (tmp_path / "flat").iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(WeightsError, match=r"or delete .*flat.*: it is made again"):
        sides.flattened(photographs(), 0.02)
