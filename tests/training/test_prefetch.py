"""Batches drawn ahead: the same bytes in the same order, an error at its own step, pictures decoded once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from run_results import results
from small_run import trained

from toonkit.images import decoded
from toonkit.images.decoded import DecodedPictures, read_bytes
from toonkit.project.errors import PictureError, TrainingError
from toonkit.training.batches import Batches, Mirrored
from toonkit.training.prefetch import AHEAD, Prefetched

STEPS = 12


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Nine picture files of several shapes."""
    numbers = np.random.default_rng(0)
    found = []
    for k in range(9):
        found.append(tmp_path / f"{k}.png")
        Image.fromarray(numbers.integers(0, 256, (20 + k, 24, 3), dtype=np.uint8)).save(found[-1])
    return found


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are decoded, as they are."""
    found: list[Path] = []

    def noting(path: Path, side: int) -> torch.Tensor:
        found.append(path)
        return read_bytes(path, side)

    monkeypatch.setattr(decoded, "read_bytes", noting)
    return found


def source(pictures: torch.Tensor | DecodedPictures) -> Mirrored:
    return Mirrored(Batches([{"photo": pictures, "number": torch.arange(9)}], 4, seed=2), "photo", seed=2)


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_drawn_ahead_are_the_same_in_the_same_order(paths: list[Path], workers: int) -> None:
    whole = source(torch.stack([read_bytes(path, 16) for path in paths]))
    lazy = source(DecodedPictures(paths, 16, memory=4 * 3 * 16 * 16))
    with Prefetched(lazy, workers, STEPS) as ahead:
        for step in range(3, STEPS):  # a resumed run begins somewhere
            time.sleep(0.002 * (step % 3))
            batch, expected = ahead(step), whole(step)
            assert batch.keys() == expected.keys()
            assert all(torch.equal(batch[name], expected[name]) for name in expected)
    assert threading.active_count() < 20


def test_so_many_batches_wait_and_none_beyond_the_last() -> None:
    drawn: list[int] = []
    with Prefetched(lambda step: drawn.append(step) or {}, 2, 7) as ahead:
        ahead(0)
        latest = time.monotonic() + 20
        while len(drawn) < 1 + 2 * AHEAD and time.monotonic() < latest:
            time.sleep(0.01)
        time.sleep(0.1)
        assert sorted(drawn) == list(range(1 + 2 * AHEAD))
        for step in range(1, 7):
            ahead(step)
    assert sorted(drawn) == list(range(7))


def test_an_error_in_a_worker_is_raised_at_its_own_step() -> None:
    def failing(step: int) -> dict[str, torch.Tensor]:
        if step == 3:
            raise PictureError("picture 3 is damaged")
        return {"number": torch.tensor([step])}

    with Prefetched(failing, 2, STEPS) as ahead:
        assert [int(ahead(step)["number"]) for step in range(3)] == [0, 1, 2]
        with pytest.raises(PictureError, match="picture 3 is damaged"):
            ahead(3)


def test_batches_whose_order_matters_are_refused() -> None:
    with (
        pytest.raises(TrainingError, match="drawn from the global random numbers"),
        Prefetched(lambda step: {"x": torch.rand(2)}, 1, STEPS) as ahead,
    ):
        ahead(0)
    with pytest.raises(TrainingError, match="1 worker or more, not 0"):
        Prefetched(lambda step: {}, 0, STEPS)


def test_a_run_with_workers_ends_with_the_same_bytes(tmp_path: Path) -> None:
    trained(tmp_path / "plain")
    trained(tmp_path / "ahead", workers=2)
    assert results(tmp_path / "ahead") == results(tmp_path / "plain")


def test_pictures_that_fit_are_decoded_once_and_the_rest_each_time(paths: list[Path], reads: list[Path]) -> None:
    size = 3 * 16 * 16
    pictures = DecodedPictures(paths, 16, memory=5 * size + 1)
    rows = torch.tensor([8, 0, 3, 1, 4, 5, 7, 2, 6])
    whole = torch.stack([read_bytes(path, 16) for path in paths])
    for _ in range(3):
        assert torch.equal(pictures[rows], whole[rows])
    assert len(reads) == 9 + 4 + 4 and len(pictures) == 9


def test_decoded_pictures_on_the_disk_are_bounded_found_again_and_never_stale(
    paths: list[Path], reads: list[Path], tmp_path: Path
) -> None:
    size, folder, rows = 3 * 16 * 16, tmp_path / "decoded", torch.arange(9)
    whole = torch.stack([read_bytes(path, 16) for path in paths])
    assert torch.equal(DecodedPictures(paths, 16, 0, folder, 6 * size)[rows], whole)
    assert len(list(folder.iterdir())) == 6 and len(reads) == 9
    assert torch.equal(DecodedPictures(paths, 16, 0, folder, 6 * size)[rows], whole)
    assert len(list(folder.iterdir())) == 6 and len(reads) == 9 + 3
    kept = next(folder.iterdir())
    kept.write_bytes(kept.read_bytes()[:-1])  # torn
    assert torch.equal(DecodedPictures(paths, 16, 0, folder, 6 * size)[rows], whole)
    Image.new("RGB", (30, 30), "red").save(paths[0])
    again = DecodedPictures(paths, 16, 0, folder, 6 * size)[rows]
    assert torch.equal(again[0], read_bytes(paths[0], 16)) and torch.equal(again[1:], whole[1:])


def test_a_picture_that_is_gone_is_named(paths: list[Path], tmp_path: Path) -> None:
    pictures = DecodedPictures(paths, 16, 0, tmp_path / "decoded", 10_000)
    paths[4].unlink()
    with pytest.raises(PictureError, match=r"4\.png"):
        pictures[torch.tensor([4])]
