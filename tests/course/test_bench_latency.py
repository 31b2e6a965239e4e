"""Latency: a seam is found where there is one and none where there is none; the memory is that of each method alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

from toonkit.course.bench import latency
from toonkit.filters import abstraction, borders
from toonkit.networks import drawing
from toonkit.networks.drawing import draw


class Blur(torch.nn.Module):
    """The mean of 9 x 9 pixels; it says that it looks `reach` pixels far."""

    multiple = 1

    def __init__(self, reach: int) -> None:
        super().__init__()
        self.reach = reach

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        padded = torch.nn.functional.pad(pictures, (4, 4, 4, 4), "reflect")
        return torch.nn.functional.avg_pool2d(padded, 9, 1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("reach", "seam"), [(4, False), (1, True)])
def test_a_generator_that_looks_further_than_it_says_leaves_a_seam(reach: int, seam: bool) -> None:
    found = latency.largest_seam(lambda photo: draw(Blur(reach), photo), (70, 110), 32)
    assert (found > 0.01) == seam and (found < 1e-5) != seam
    assert (drawing.TILE, borders.CPU_TILE) == (512, 384)  # as they were


def test_the_filter_leaves_no_seam_and_is_drawn_in_tiles() -> None:
    assert latency.largest_seam(abstraction, (90, 120), 40) < 1e-4
    sides = []

    def watched(photo: torch.Tensor) -> torch.Tensor:
        sides.append(borders.CPU_TILE)
        return photo

    assert latency.largest_seam(watched, (90, 120)) == 0 and sides == [384, 120]


def test_every_method_is_measured_at_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(latency, "in_a_process_of_its_own", lambda method, quick: calls.append(method) or {})
    assert set(latency.measure(quick=True)) == {"load", "threads", *latency.rows()}
    assert calls == list(latency.rows()) and {"classical", "semantic", "semantic-ours"} <= set(calls)


def test_every_process_is_told_its_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command names the method, and what it prints is kept under that name."""

    def echoed(command: list[str], **_: object) -> SimpleNamespace:
        return SimpleNamespace(stdout=json.dumps({"told": command[3:]}))

    monkeypatch.setattr(latency.subprocess, "run", echoed)
    found = latency.measure()
    assert {name: found[name]["told"] for name in latency.rows()} == {name: [name, "full"] for name in latency.rows()}


def test_a_process_of_its_own_measures_the_filter() -> None:
    found = latency.in_a_process_of_its_own("classical", quick=True)
    assert list(found) == ["64 px", "256 px", "256 px, 2 threads", "seams", "24 megapixels"]
    assert 0 < found["64 px"]["ms"] < found["256 px"]["ms"]
    assert 0 < found["64 px"]["peak MB"] <= found["24 megapixels"]["peak MB"]
    assert found["seams"]["largest difference"] < 1e-4


def test_a_generator_of_even_sides_is_drawn_whole_at_odd_ones() -> None:
    """One tile of an odd side would end within what the generator has halved."""
    generator = Blur(4)
    generator.multiple = 2
    seen = []
    generator.register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape[-2:])))
    assert latency.largest_seam(lambda photo: draw(generator, photo), (35, 55), 24) < 1e-5
    assert seen[-1] == (36, 56) and all(side % 2 == 0 for shape in seen for side in shape)
