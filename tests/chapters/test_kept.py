"""What is derived from many pictures is made once, and read again only for the same pictures and the same filter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit.chapters import sides
from toonkit.chapters.cartoongan import data
from toonkit.chapters.cartoongan.data import classical_cartoons
from toonkit.filters.flat import flat_cartoon
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import WeightsError
from toonkit.world import ToonWorld


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


def photographs_of(family: str, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Four photographs and their classical cartoons, as another process would get them."""
    data._photographs.cache_clear()
    return data._photographs(family, 32, 4, seed)


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


def test_classical_cartoons_are_drawn_once_for_a_family_and_a_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def counted(world: ToonWorld, indices: range) -> torch.Tensor:
        drawn.append(len(indices))
        return classical_cartoons(world, indices)

    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    monkeypatch.setattr(sides, "MANY", 3)
    monkeypatch.setattr(data, "classical_cartoons", counted)
    first, again, other = (photographs_of("faces", seed) for seed in (0, 0, 1))
    assert drawn == [1, 4, 1, 1, 4]
    assert torch.equal(first[1], again[1]) and not torch.equal(first[1], other[1])
    world = ToonWorld("faces", "train", 32, count=4, seed=0)
    assert torch.equal(first[1], as_bytes(classical_cartoons(world, range(4))))
    assert torch.equal(first[0], as_bytes(world.unpaired("photo").batch(range(4))))
