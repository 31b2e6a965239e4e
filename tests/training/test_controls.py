"""Weights drawn in every step and given to the generator; FiLM by its definition."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from toonkit.networks.film import Film, film
from toonkit.networks.unet import UNetGenerator
from toonkit.project.errors import ToonkitError
from toonkit.training.controls import RANGE, Controlled, settings

NAMES = ("line", "colour", "tv")


@dataclass(frozen=True)
class Config:
    controlled: bool = True
    line: float = 2.0


class Told(Controlled):
    """Notes the weights of each step, and what the generator was told of them."""

    name = "told"
    controls = NAMES

    def __init__(self, controlled: bool = True) -> None:
        self.config = Config(controlled)
        self.networks = {"generator": UNetGenerator(4, 1, controls=len(NAMES))}
        self.optimisers, self.pools = {}, {}
        self.seen: list[tuple[dict[str, float], torch.Tensor]] = []

    def terms(self, batch):
        watch = self.networks["generator"].register_forward_pre_hook(
            lambda _, given: self.seen.append((dict(self.factors or {}), given[1:]))
        )
        self.draw(batch["photo"], self.factors)
        watch.remove()
        return iter(())

    def weights(self, progress: float) -> dict[str, float]:
        return {"line": self.config.line * self.factor("line")}


def test_settings_are_logarithms_from_minus_1_to_1() -> None:
    row = settings({"line": 0.25, "tv": 2.0}, NAMES)[0].tolist()
    assert dict(zip(NAMES, row, strict=True)) == pytest.approx({"line": -1, "colour": 0, "tv": 0.5})
    with pytest.raises(ToonkitError, match=r"the factor of tv is 9.*learnt from 0\.25 to 4"):
        settings({"tv": 9.0}, NAMES)
    with pytest.raises(ToonkitError, match="control"):
        settings({"texture": 1.0}, NAMES)


def test_the_generator_is_told_what_multiplies_the_weights_of_the_step() -> None:
    made = Told()
    for step in range(200):
        torch.manual_seed(step)
        made.step({"photo": torch.zeros(2, 3, 8, 8)}, 0.0)
    factors = torch.tensor([[one[name] for name in NAMES] for one, _ in made.seen])  # (200, 3)
    told = torch.stack([given[0][0] for _, given in made.seen])
    assert torch.allclose(torch.tensor(RANGE) ** told, factors, rtol=1e-5)
    assert ((told >= -1) & (told <= 1)).all()
    assert told.mean(0).abs().max() < 4 * (1 / 3 / 200) ** 0.5  # even between the ends, by the logarithm
    assert abs(torch.corrcoef(told.T)[0, 1]) < 0.3  # each by itself
    assert made.weights(0.0) == {"line": 2.0}  # between steps the configuration's own


def test_a_plain_recipe_draws_without_settings() -> None:
    made = Told(controlled=False)
    made.step({"photo": torch.zeros(1, 3, 8, 8)}, 0.0)
    assert made.seen == [({}, ())] and made.weights(0.5) == {"line": 2.0}


def test_film_scales_and_shifts_each_channel() -> None:
    features = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    shift = torch.tensor([[0.5, -1.0, 0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 0.0, 0.0, -1.0]])
    found = film(features, shift)
    for n, k in ((0, 0), (0, 1), (1, 2)):
        assert torch.allclose(found[n, k], features[n, k] * (1 + shift[n, k]) + shift[n, 3 + k])
    assert film(features, None) is features


def test_film_reads_each_picture_by_itself() -> None:
    torch.manual_seed(0)
    read = Film(3, (4, 8))
    both = torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.5, 0.5]])
    assert [tuple(one.shape) for one in read(both)] == [(2, 8), (2, 16)]
    for together, alone in zip(read(both), read(both[1:]), strict=True):
        assert torch.allclose(together[1:], alone, atol=1e-6)
    for told, zeros in zip(read.shifts(torch.zeros(2, 3, 4, 4), None), read(torch.zeros(2, 3)), strict=True):
        assert torch.equal(told, zeros)


def test_a_controlled_unet_without_settings_draws_as_with_zeros_and_otherwise_differently() -> None:
    torch.manual_seed(0)
    network = UNetGenerator(4, 2, controls=3).eval()
    torch.nn.init.normal_(network.last.weight)
    picture = torch.rand(2, 3, 16, 16) * 2 - 1
    with torch.no_grad():
        plain = network(picture)
        assert torch.equal(plain, network(picture, torch.zeros(2, 3)))
        for control in range(3):
            told = torch.zeros(2, 3)
            told[:, control] = 1.0
            assert (network(picture, told) - plain).abs().max() > 1e-4
