"""The comparison on photographs, with methods and pictures whose measures are known."""

from __future__ import annotations

import pytest
import torch

from toonkit.course.bench import photographs
from toonkit.networks.features import Features
from toonkit.project.errors import WeightsError


class Colours(torch.nn.Module):
    """Stands for a network: the mean and the deviation of each channel."""

    def pooled(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.cat([pictures.mean((2, 3)), pictures.std((2, 3))], 1)  # (N, 6)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict:
    generator = torch.Generator().manual_seed(0)
    drawings = torch.rand((24, 3, 16, 16), generator=generator) * 0.2 + 0.7
    photos = torch.rand((50, 3, 16, 16), generator=generator) * 1.6 - 0.9

    def broken():
        raise WeightsError("not here")

    known = {
        "nothing": lambda: lambda photo: photo,
        "pale": lambda: lambda photo: photo * 0.125 + 0.8,
        "gone": broken,
        "tomjerry": broken,
    }
    monkeypatch.setattr(photographs, "methods", lambda: known)
    monkeypatch.setattr(photographs, "features", lambda name: Colours())
    monkeypatch.setattr(photographs, "held_out_photographs", lambda stop: (photos, torch.arange(50) % 2))
    monkeypatch.setattr(photographs, "held_out_drawings", lambda stop: drawings)
    monkeypatch.setattr(photographs, "known_classes", lambda *_: (torch.eye(6)[:2] + 0.1, torch.tensor([0, 1])))
    return photographs.measure()


def test_a_method_that_does_nothing_is_measured_as_the_photographs_are(found: dict) -> None:
    same = {name: entry for name, entry in found["nothing"].items() if name != "seconds a picture"}
    assert same == found["photograph"] and same["edge agreement"]["value"] == pytest.approx(1.0)


def test_what_resembles_the_drawings_is_nearer_to_them_by_both_networks(found: dict) -> None:
    for name in ("squeezenet", "vgg16_oxford"):
        metric = f"KID[{name}]"
        assert found["pale"][metric]["value"] < 0.1 * found["photograph"][metric]["value"]
    assert [found["pale"][f"KID[{name}]"]["n"] for name in ("squeezenet", "vgg16_oxford")] == [24, 12]  # the drawings


def test_a_method_without_its_weights_is_named_and_one_for_cartoons_left_out(found: dict) -> None:
    assert found["absent"] == "gone" and "tomjerry" not in found


def test_the_stand_in_has_the_networks_interface() -> None:
    assert hasattr(Features, "pooled")
