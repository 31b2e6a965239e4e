"""The comparison on photographs, with methods and pictures whose measures are known."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit.chapters.contract import System
from toonkit.course.bench import photographs
from toonkit.filters.flat import flat_cartoon
from toonkit.networks.features import Features
from toonkit.project.errors import ToonkitError, WeightsError


class Colours(torch.nn.Module):
    """Stands for a network: the mean and the deviation of each channel."""

    def pooled(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.cat([pictures.mean((2, 3)), pictures.std((2, 3))], 1)  # (N, 6)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict:
    generator = torch.Generator().manual_seed(0)
    drawings = torch.rand((48, 3, 16, 16), generator=generator) * 0.2 + 0.7
    photos = torch.rand((50, 3, 32, 32), generator=generator) * 1.6 - 0.9
    photos[:, :, :12] = photos[:, :, :12] * 0.02 - 0.9  # above dark, and all but flat
    front = torch.zeros(8, 32, 32, dtype=torch.bool)
    front[:, :, :16] = True

    def broken():
        raise WeightsError("not here")

    def drawings_of(stop: int | None, sources: tuple[str, ...] = ()) -> torch.Tensor:
        assert sources in ((), ("peppercarrot-panels",))
        return drawings[:12] if sources else drawings

    def masked(side: int, splits: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        assert splits == ("test", "train")
        return photos[:8], front

    known = {
        "nothing": lambda: lambda photo: photo,
        "pale": lambda: lambda photo: photo * 0.125 + 0.8,
        "gone": broken,
        "tomjerry": broken,
    }
    worlds = {name: System((), broken) for name in photographs.OF_THE_WORLD}
    monkeypatch.setattr(photographs, "methods", lambda: known)
    monkeypatch.setattr(photographs, "systems", lambda: worlds)
    monkeypatch.setattr(photographs, "style_transfer", broken)
    monkeypatch.setattr(photographs, "photographs_with_foreground", masked)
    monkeypatch.setattr(photographs, "class_means", lambda *_: (torch.eye(6)[:2] + 0.1, torch.tensor([0, 1])))
    monkeypatch.setattr(photographs, "features", lambda name: Colours())
    monkeypatch.setattr(photographs, "held_out_photographs", lambda stop: (photos, torch.arange(50) % 2))
    monkeypatch.setattr(photographs, "held_out_drawings", drawings_of)
    monkeypatch.setattr(photographs, "other_photographs", lambda count: photos.flip(0)[:count])
    monkeypatch.setattr(photographs, "known_classes", lambda *_: (torch.eye(6)[:2] + 0.1, torch.tensor([0, 1])))
    return photographs.measure()


def test_a_method_that_does_nothing_is_measured_as_the_photographs_are(found: dict) -> None:
    same = {name: entry for name, entry in found["nothing"].items() if name != "seconds a picture"}
    assert same == found["photograph"] and same["edge agreement"]["value"] == pytest.approx(1.0)


def test_a_method_measured_alone_has_the_same_row(found: dict) -> None:
    alone = photographs.measure(only=("pale",))
    assert list(alone) == ["pale"]
    same = [{name: value for name, value in row["pale"].items() if "seconds" not in name} for row in (found, alone)]
    assert same[0] == same[1]
    with pytest.raises(ToonkitError, match="what gone draws with is not here"):
        photographs.measure(only=("gone",))


def test_the_rule_that_generators_are_given_is_measured_beside_them(
    found: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographs, "methods", lambda: {"by rule": lambda: flat_cartoon})
    row = photographs.measure(only=["by rule"])["by rule"]
    assert {name: one for name, one in row.items() if "seconds" not in name} == {
        name: one for name, one in found["flat abstraction"].items() if "seconds" not in name
    }


def test_what_resembles_the_drawings_is_nearer_to_them_by_both_networks(found: dict) -> None:
    for name in ("squeezenet", "vgg16_oxford"):
        metric = f"KID[{name}]"
        assert found["pale"][metric]["value"] < 0.1 * found["photograph"][metric]["value"]
    assert [found["pale"][f"KID[{name}]"]["n"] for name in ("squeezenet", "vgg16_oxford")] == [48, 24]  # the drawings


def test_distances_to_panels_and_to_photographs_have_their_own_pictures(found: dict) -> None:
    same, pale = found["photograph"], found["pale"]
    for name in ("squeezenet", "vgg16_oxford"):
        assert pale[f"to panels, KID[{name}]"]["n"] == 12  # few, so both networks see all
        for score in ("FID", "KID"):
            metric = f"to photographs, {score}[{name}]"
            assert abs(same[metric]["value"]) < 0.05 * pale[metric]["value"], metric  # the same photographs, turned
            assert pale[f"to panels, {score}[{name}]"]["value"] < 0.2 * same[f"to panels, {score}[{name}]"]["value"]


def test_a_method_without_its_weights_is_named_and_one_for_cartoons_left_out(found: dict) -> None:
    assert found["absent"] == "gone, semantic-ours, semantic-wang, style transfer" and "tomjerry" not in found


def test_blemishes_of_a_pale_copy_are_those_of_its_formula(found: dict) -> None:
    """photo * 0.125 + 0.8 has an eighth of the noise and of the detail, and no darker rim than the photograph."""
    same, pale = found["photograph"], found["pale"]
    for area in ("dark", "flat"):
        assert same[f"noise in {area} areas"]["value"] == pytest.approx(1)
        assert pale[f"noise in {area} areas"]["value"] == pytest.approx(0.125, rel=1e-3)
    assert same["colour error"]["value"] == 0 and 0.8 < pale["colour error"]["value"] < 1.6
    assert same["bright halo"]["value"] == same["dark halo"]["value"] == pale["dark halo"]["value"] == 0
    assert pale["bright halo"]["value"] > 20
    for place in ("foreground", "background"):
        for measure in ("texture density", "edge strength"):
            whole, part = (entry[f"{measure}, {place}"] for entry in (same, pale))
            assert part["value"] == pytest.approx(whole["value"] / 8, rel=1e-3) and part["n"] == 8


def test_classes_are_read_by_both_networks(found: dict) -> None:
    kept = [found["photograph"][name] for name in ("class kept", "class kept[vgg16_oxford]")]
    assert [entry["n"] for entry in kept] == [50, 25]  # the slower one sees every second picture


def test_the_mean_of_a_class_is_the_mean_direction_of_its_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"a/1": 0.2, "a/2": 0.6, "a/3": -1.0, "b/1": 0.9}
    monkeypatch.setattr(photographs, "open_pictures", lambda *_: [Path(name) for name in values])
    monkeypatch.setattr(photographs, "class_names", lambda: ["a", "b"])
    monkeypatch.setattr(photographs, "read_open_picture", lambda path: torch.full((3, 8, 8), values[str(path)]))
    means, numbers = photographs.class_means(Colours(), 2)
    direction = torch.tensor([1.0, 1, 1, 0, 0, 0]) / 3**0.5
    assert numbers.tolist() == [0, 1]
    torch.testing.assert_close(means, torch.stack([direction, direction]))  # a's third is not taken


def test_the_stand_in_has_the_networks_interface() -> None:
    assert hasattr(Features, "pooled")
