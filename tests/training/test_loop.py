"""The training loop: exact resume, a stop on NaN, refusals; the image pool and the average by their definitions."""

from __future__ import annotations

import json
import random
import shutil
import signal
from dataclasses import dataclass

import pytest
import torch

from toonkit.images.values import as_bytes, as_pictures
from toonkit.losses.adversarial import discriminator_loss, generator_loss
from toonkit.networks.blocks import ResidualBlock
from toonkit.networks.weights import load_weights
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training.batches import Batches, Mirrored
from toonkit.training.ema import Average
from toonkit.training.loop import train
from toonkit.training.losses_log import LOSSES
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Recipe
from toonkit.training.run_files import CHECKPOINT, Plan
from toonkit.training.snapshots import SNAPSHOTS

STEPS = 24


@dataclass(frozen=True)
class TinyConfig:
    width: int = 3


class Tiny(Recipe):
    """A GAN of two convolutions with everything a state has: two optimisers, a pool, dropout's random numbers."""

    name = "tiny"
    released = ("generator",)

    def __init__(self, config: TinyConfig | None = None) -> None:
        torch.manual_seed(0)
        self.config = config or TinyConfig()
        self.networks = {
            "generator": torch.nn.Sequential(ResidualBlock(self.config.width), torch.nn.Dropout2d(0.3)),
            "discriminator": torch.nn.Conv2d(3, 1, 3),
        }
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), 1e-3) for name, network in self.networks.items()
        }
        self.pools = {"fakes": ImagePool(4)}

    def terms(self, batch):
        fake = self.networks["generator"](batch["photo"])
        discriminator = self.networks["discriminator"]

        def told_apart():
            return discriminator_loss(discriminator(batch["toon"]), discriminator(self.pools["fakes"](fake)))

        yield "discriminator", {"discriminator": told_apart}
        yield "generator", {"generator": lambda: generator_loss(discriminator(fake))}

    def weights(self, progress):
        return {"discriminator": 1.0, "generator": 1 - progress}


def _batches(poison_at: int = -1):
    torch.manual_seed(1)
    pictures = [torch.randint(0, 256, (10, 3, 8, 8), dtype=torch.uint8) for _ in range(2)]
    inner = Batches([{"photo": pictures[0]}, {"toon": pictures[1]}], 2, seed=5)

    def batches(step: int):
        batch = inner(step)
        if step == poison_at:
            batch["photo"] = batch["photo"] * float("nan")
        return batch

    return batches


class Killed(Exception):
    pass


def _train_killing_at(places: list[int], run_dir) -> dict:
    """Train, being killed before each of the steps `places`, then to the end."""
    plan = Plan(STEPS, seed=3, save_every=5, log_every=2, ema=0.9, quiet=True)
    for place in [*places, None]:
        inner = _batches()

        def batches(step: int, place=place, inner=inner):
            if step == place:
                raise Killed
            return inner(step)

        try:
            outcome = train(Tiny(), batches, plan, run_dir)
        except Killed:
            continue
    return outcome


def test_a_run_killed_at_ten_random_steps_ends_with_the_same_bytes(tmp_path):
    whole = _train_killing_at([], tmp_path / "whole")
    places = sorted(random.Random(0).sample(range(1, STEPS), 10))
    broken = _train_killing_at(places, tmp_path / "broken")
    name = "generator.safetensors"
    assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "broken" / name).read_bytes()
    states = [load_weights(tmp_path / run / CHECKPOINT)[0] for run in ("whole", "broken")]
    assert states[0].keys() == states[1].keys() and all(
        torch.equal(states[0][key], states[1][key]) for key in states[0]
    )
    assert any(key.startswith("pool/") for key in states[0]) and any("exp_avg" in key for key in states[0])
    assert (tmp_path / "whole" / LOSSES).read_text() == (tmp_path / "broken" / LOSSES).read_text()
    assert whole["resumed_at"] == [] and set(broken["resumed_at"]) == {
        place - place % 5 for place in places if place >= 5
    }


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_stop_loses_no_step_and_ends_with_the_same_bytes(tmp_path, kind):
    _train_killing_at([], tmp_path / "whole")
    plan, inner = Plan(STEPS, seed=3, save_every=5, log_every=2, ema=0.9, quiet=True), _batches()

    def batches(step: int):
        if step == 12:
            signal.raise_signal(kind)
        return inner(step)

    with pytest.raises(KeyboardInterrupt, match="after step 13 of 24"):
        train(Tiny(), batches, plan, tmp_path / "stopped")
    assert load_weights(tmp_path / "stopped" / CHECKPOINT)[1]["step"] == 13
    assert train(Tiny(), _batches(), plan, tmp_path / "stopped")["resumed_at"] == [13]
    for name in ("generator.safetensors", LOSSES):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "stopped" / name).read_bytes()


def test_whoever_asks_twice_does_not_wait_for_the_step(tmp_path):
    def batches(step: int):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second request was not heard")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(Tiny(), batches, Plan(STEPS, quiet=True), tmp_path)
    assert signal.getsignal(signal.SIGINT) is before and not (tmp_path / CHECKPOINT).exists()


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_checkpoint(tmp_path):
    with pytest.raises(TrainingError, match=r"step 12: .*is not finite"):
        train(Tiny(), _batches(poison_at=12), Plan(STEPS, seed=3, save_every=5, quiet=True), tmp_path)
    tensors, about = load_weights(tmp_path / CHECKPOINT)
    assert about["step"] == 10 and all(value.isfinite().all() for value in tensors.values())


def test_another_configuration_may_not_continue_a_run(tmp_path):
    train(Tiny(), _batches(), Plan(4, seed=3, quiet=True), tmp_path)
    with pytest.raises(TrainingError, match="seed differ"):
        train(Tiny(), _batches(), Plan(4, seed=4, quiet=True), tmp_path)


def test_a_run_of_another_machine_s_precision_goes_on_where_that_is_said(tmp_path):
    train(Tiny(), _batches(), Plan(4, seed=3, quiet=True, save_every=2), tmp_path)
    with pytest.raises(TrainingError, match=r"its precision differ; go on with --precision float32$"):
        train(Tiny(), _batches(), Plan(4, seed=3, quiet=True, precision="bf16"), tmp_path)
    both = Plan(4, seed=3, quiet=True, precision="bf16", compile=True)
    with pytest.raises(TrainingError, match=r"differ; go on with --precision float32 and without --compile$"):
        train(Tiny(), _batches(), both, tmp_path)
    with pytest.raises(ToonkitError, match="precision 'float16'"):
        Plan(4, precision="float16")


def test_frozen_networks_go_where_the_others_go():
    tiny = Tiny()
    tiny.frozen = (torch.nn.Linear(2, 2),)
    tiny.to("meta")
    assert tiny.device.type == "meta" and tiny.frozen[0].weight.is_meta
    assert all(weight.is_meta for network in tiny.networks.values() for weight in network.parameters())


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_compiled_networks_learn_what_plain_ones_do(tmp_path):
    lines = []
    for compiled in (False, True):
        tiny = Tiny()
        tiny.networks["generator"][1].p = 0.0  # compiled dropout draws other random numbers
        train(tiny, _batches(), Plan(3, seed=3, log_every=1, quiet=True, compile=compiled), tmp_path / str(compiled))
        lines.append([json.loads(line) for line in (tmp_path / str(compiled) / LOSSES).read_text().splitlines()])
    assert lines[0] != []
    for plain, compiled in zip(*lines, strict=True):
        assert compiled == pytest.approx(plain, abs=2e-3)


def test_losses_are_written_as_lines(tmp_path):
    train(Tiny(), _batches(), Plan(6, seed=3, log_every=3, quiet=True), tmp_path)
    lines = [json.loads(line) for line in (tmp_path / LOSSES).read_text().splitlines()]
    assert [line["step"] for line in lines] == [3, 6] and {"discriminator", "generator"} < lines[0].keys()


def test_batches_show_a_group_whole_before_repeating_and_draw_groups_apart():
    rows = torch.arange(12)
    batches = Batches([{"a": rows, "b": rows * 10}, {"c": rows}], 4, seed=0)
    epoch = [batches(step) for step in range(3)]
    assert sorted(torch.cat([batch["a"] for batch in epoch]).tolist()) == list(range(12))
    assert all(torch.equal(batch["a"] * 10, batch["b"]) for batch in epoch)
    assert not torch.equal(torch.cat([batch["a"] for batch in epoch]), torch.cat([batch["c"] for batch in epoch]))
    assert torch.equal(batches(1)["a"], epoch[1]["a"]) and not torch.equal(batches(3)["a"], epoch[0]["a"])
    with pytest.raises(ToonkitError, match="do not fill a batch of 13"):
        Batches([{"a": rows}], 13)


def test_stored_pictures_come_back():
    stored = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).expand(1, 3, 16, 16)
    assert torch.equal(as_bytes(as_pictures(stored)), stored)


def test_the_pool_returns_the_new_until_full_and_then_half_the_time_an_old_one():
    torch.manual_seed(0)
    pool = ImagePool(50)
    first = torch.arange(50.0).view(50, 1, 1, 1).expand(50, 3, 2, 2)
    assert torch.equal(pool(first), first)
    later = torch.full((2000, 3, 2, 2), -1.0) - torch.arange(2000.0).view(-1, 1, 1, 1)
    old = (pool(later) != later).flatten(1).any(1)
    assert 0.45 < old.float().mean() < 0.55 and len(pool.pictures) == 50
    assert torch.equal(ImagePool(0)(later), later)


def test_the_average_follows_its_recurrence():
    network = torch.nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(0.0)
    average, expected = Average(network, 0.9), 0.0
    for step in range(40):
        network.weight.data.fill_(float(step))
        average.update(network, step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert average.state["weight"].item() == pytest.approx(expected, rel=1e-5)


def test_snapshots_are_the_networks_of_their_step(tmp_path):
    train(Tiny(), _batches(), Plan(STEPS, snapshots=3, quiet=True), tmp_path / "whole")
    steps = sorted(path.name for path in (tmp_path / "whole" / SNAPSHOTS).iterdir())
    assert steps == ["0000008", "0000016", "0000024"]
    last, _ = load_weights(tmp_path / "whole" / SNAPSHOTS / "0000024" / "generator.safetensors")
    final, _ = load_weights(tmp_path / "whole" / "generator.safetensors")
    first, _ = load_weights(tmp_path / "whole" / SNAPSHOTS / "0000008" / "generator.safetensors")
    assert all(torch.equal(last[key], final[key]) for key in final)
    assert any(not torch.equal(first[key], final[key]) for key in final)


class Steep(Tiny):
    """At one step the loss is finite and its gradient is not: the square root of what is 0."""

    def __init__(self, steep_at: float) -> None:
        super().__init__()
        self.steep_at = steep_at

    def weights(self, progress):
        return super().weights(progress) | {"steep": float(progress == self.steep_at)}

    def terms(self, batch):
        yield from super().terms(batch)
        weight = self.networks["generator"][0].body[0].weight
        yield "generator", {"steep": lambda: (0 * weight).sum().abs().sqrt()}


def test_gradients_that_are_not_finite_never_reach_a_checkpoint(tmp_path):
    """The step before a save breaks the weights while its losses are finite."""
    plan = Plan(STEPS, seed=3, save_every=5, log_every=1, ema=0.9, snapshots=12, quiet=True)
    with pytest.raises(TrainingError, match=r"after step 10 \d+ tensors are not finite.*checkpoint before stands"):
        train(Steep(9 / STEPS), _batches(), plan, tmp_path)
    tensors, about = load_weights(tmp_path / CHECKPOINT)
    assert about["step"] == 5 and all(value.isfinite().all() for value in tensors.values())
    assert sorted(path.name for path in (tmp_path / SNAPSHOTS).iterdir()) == [f"{step:07d}" for step in (2, 4, 6, 8)]
    assert not (tmp_path / "generator.safetensors").exists()
    train(Tiny(), _batches(), plan, tmp_path)  # from there it goes on
    assert load_weights(tmp_path / CHECKPOINT)[1]["resumed_at"] == [5]


def test_half_of_the_pictures_are_mirrored_and_the_same_ones_when_a_step_is_drawn_again() -> None:
    """Each picture as it is or its mirror image, by a coin; what belongs to it stays beside it."""
    pictures = torch.arange(64 * 3 * 2 * 5).reshape(64, 3, 2, 5).float()
    plain = Batches([{"picture": pictures, "number": torch.arange(64)}], 32, seed=1)
    both = Mirrored(plain, "picture", seed=1)
    turned = []
    for step in range(8):
        batch, again = both(step), both(step)
        assert torch.equal(batch["picture"], again["picture"])
        for picture, number in zip(batch["picture"], batch["number"], strict=True):
            as_it_is = torch.equal(picture, pictures[number])
            assert as_it_is or torch.equal(picture, pictures[number].flip(-1))
            turned.append(not as_it_is)
    assert 96 < sum(turned) < 160  # of 256, four standard deviations either way
    assert turned[:32] != turned[32:64]
