"""What a step is measured to do, counted by hand; a plan; the command that prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch

from toonkit.chapters import planning
from toonkit.chapters.contract import Chapter, Variant
from toonkit.chapters.planning import CountOperations, measure_step, plan_run
from toonkit.cli import main
from toonkit.project.errors import ToonkitError
from toonkit.training.batches import Batches
from toonkit.training.estimates import Gpu
from toonkit.training.recipe import Recipe

GPU = Gpu(tflops=10.0, utilisation=0.5, link=10.0, launch=0.0)


@dataclass(frozen=True)
class LineConfig:
    batch: int = 4
    dropout: float = 0.0


class Line(Recipe):
    """Two linear layers, 5 to 7 to 3, whose every number can be counted."""

    name = "line"
    released = ("line",)

    def __init__(self, config: LineConfig) -> None:
        self.config = config
        layers = (torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Dropout(config.dropout), torch.nn.Linear(7, 3))
        self.networks = {"line": torch.nn.Sequential(*layers)}
        self.optimisers = {"line": torch.optim.Adam(self.networks["line"].parameters())}
        self.frozen = (torch.nn.Linear(3, 2, bias=False).requires_grad_(False),)
        self.pools = {}

    def terms(self, batch):
        yield "line", {"size": lambda: self.networks["line"](batch["x"]).square().mean()}

    def weights(self, progress):
        return {"size": 1.0}


CHAPTER = Chapter(
    name="line",
    report="",
    subject="nothing",
    variants={"plain": Variant(LineConfig(), 200)},
    config=LineConfig,
    recipe=Line,
    data=lambda config, profile, seed: Batches([{"x": torch.ones(8, 5)}], config.batch, seed),
)


def test_a_step_is_counted_as_by_hand() -> None:
    step, unshared = measure_step(CHAPTER, LineConfig())
    # a product (n, a) (a, b) is 2 n a b operations; backward has two for each layer, but none for the input's gradient
    assert step.flops == 2 * 4 * 5 * 7 * 2 + 2 * 4 * 7 * 3 * 3
    assert step.weights == 4 * (5 * 7 + 7 + 7 * 3 + 3) and step.frozen == 4 * 3 * 2
    assert step.batch == 4 and step.seconds > 0 and unshared == ""
    assert step.exchanged == 4 * 4 * 3  # the drawing, float32; no gradient reaches the input
    # kept: the input (a part of it already), the first layer's end twice (tanh's and the second layer's), the square's
    assert 4 * 4 * (5 + 7 + 3) <= step.activations <= 4 * 4 * (5 + 7 + 7 + 3 + 3)


def test_operations_are_counted_and_views_are_not() -> None:
    x = torch.ones(3, 4, requires_grad=True)
    with CountOperations() as operations:
        (x.T.reshape(12) * 2).sum().backward()
    # forward: the copy that the reshape of a transposed tensor makes (a clone), product, sum; backward at least: the
    # first gradient and the product's
    assert operations.count >= 5
    with CountOperations() as operations:
        x.detach().view(2, 6)
    assert operations.count == 0


def test_the_reports_own_numbers_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Variant(LineConfig(), 200, paper_steps=7, paper={"batch": 8})
    monkeypatch.setattr(planning, "find_chapter", lambda name: replace(CHAPTER, variants={"plain": own}))
    assert plan_run("line", None, "paper", [1], GPU).step.batch == 8
    assert plan_run("line", None, "full", [1], GPU).step.batch == 4


def test_a_plan_multiplies_the_steps_of_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "find_chapter", lambda name: CHAPTER)
    found = plan_run("line", None, "full", [1, 2, 3], GPU, 3.0)
    assert (found.name, found.steps) == ("line plain", 200)
    assert [one.gpus for one in found.estimates] == [1, 2] and list(found.refused) == [3]
    assert found.estimates[0].hours == pytest.approx(200 * found.step.flops / 5e12 / 3600)
    with pytest.raises(ToonkitError, match="profile 'paper' cannot run here"):
        plan_run("line", None, "paper", [1], GPU)
    asked = plan_run("line", None, "paper", [1, 4], GPU, steps=50, changes={"dropout": "0.5", "batch": "8"})
    assert asked.steps == 50 and asked.step.batch == 8
    assert "draws random numbers of its own" in asked.refused[4] and len(asked.estimates) == 1


def test_the_command_prints_a_table_with_its_assumptions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(planning, "find_chapter", lambda name: CHAPTER)
    monkeypatch.setattr("toonkit.chapters.index.find_chapter", lambda name: CHAPTER)
    arguments = [
        "plan",
        "line",
        "plain",
        "--profile",
        "full",
        "--gpus",
        "1",
        "3",
        "--price",
        "2",
        "--tflops",
        "1e-9",
    ]  # so slow that beginning the operations does not count
    assert main(arguments) == 0
    said = capsys.readouterr().out
    step, _ = measure_step(CHAPTER, LineConfig())
    hours = 200 * step.flops / (1e3 * 0.2) / 3600
    assert (
        f"1 GPU         {4 / (step.flops / 200):.3g}" in said and f"{hours:.3g}" in said and f"{2 * hours:.2f}" in said
    )
    assert "3 GPUs: a batch of 4 cannot be shared out over 3 GPUs" in said
    assert "These are estimates" in said and "20% of them used" in said
    assert main(["plan", "line"]) == 2
    assert "profile 'paper' cannot run here" in capsys.readouterr().err
