"""Animated variants: networks against gradients and counts, losses against closed forms, bad numbers refused."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F

from toonkit.chapters.animated.drawing import STRENGTH, portrayed
from toonkit.chapters.animated.losses import (
    colour_contrast,
    contrast_loss,
    fine_loss,
    game_loss,
    minimax_loss,
    saturation_loss,
    shading_loss,
)
from toonkit.chapters.animated.networks import PATCHES, AnimatedGenerator, PatchDiscriminator
from toonkit.chapters.animated.own_questions import CARTOONGAN, REPORTED
from toonkit.chapters.animated.recipe import Animated, AnimatedConfig, build
from toonkit.chapters.index import find_chapter
from toonkit.filters import edge_smoothing
from toonkit.filters.flat import l0_smoothing
from toonkit.metrics.people import person_known
from toonkit.networks.drawing import draw
from toonkit.networks.features import features
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.records import metric_at, published_record
from toonkit.training.loop import train
from toonkit.training.run_files import Plan

SMALL = AnimatedConfig(filters=4, discriminator_filters=4, patch=9, batch=2, size=32, pool=3, noise=2)


def pictures(count: int = 2, side: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize("patch", [*PATCHES, 64])
def test_a_score_sees_its_patch(patch: int) -> None:
    torch.manual_seed(0)
    network = PatchDiscriminator(patch, 64, 2, filters=4, norm_kind="spectral").eval()
    picture = pictures(1, 64).requires_grad_(True)
    scores = network(picture)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    seen = picture.grad.abs().sum(1)[0] > 0
    assert (int(seen.any(0).sum()), int(seen.any(1).sum())) == (patch, patch)
    assert (scores.shape[-1] == 1) == (patch == 64)


@pytest.mark.parametrize("skips", [True, False])
def test_a_pixel_depends_on_no_more_than_the_reach(skips: bool) -> None:
    torch.manual_seed(0)
    network = AnimatedGenerator(4, blocks=2, skips=skips, noise=0).eval()
    picture = pictures(1, 96).requires_grad_(True)
    network(picture)[0, 0, 48, 49].backward()
    rows, columns = (picture.grad.abs().sum(1)[0] > 0).nonzero(as_tuple=True)
    far = max(int((rows - 48).abs().max()), int((columns - 49).abs().max()))
    assert network.reach - 2 <= far <= network.reach


def test_layer_i_feeds_layer_n_less_i() -> None:
    """With every block's own output cut off, what enters block k of 5 still holds the output of layer 5 - k."""
    torch.manual_seed(0)
    network = AnimatedGenerator(4, noise=0).eval()
    for layer, block in enumerate(network.blocks, start=1):
        block.register_forward_hook(lambda *_, layer=layer: torch.full((1, 8, 16, 16), float(layer)))
    entered = []
    for join in network.join:
        join.register_forward_hook(lambda _, given, __: entered.append(given[0][0, [0, -1], 0, 0].tolist()))
    network(pictures(1))
    assert [pair[1] for pair in entered[:2]] == [2.0, 1.0]  # layers 2 and 1 enter blocks 4 and 5
    assert [pair[0] for pair in entered[:2]] == [3.0, 4.0]
    assert entered[2][0] == 5.0 and entered[2][1] not in (1.0, 2.0, 3.0)  # and the halved photograph the doubling


def test_large_pictures_are_drawn_in_tiles_without_a_seam() -> None:
    torch.manual_seed(0)
    network = AnimatedGenerator(4, blocks=1, noise=2).eval()
    picture = pictures(1, 560)
    with torch.no_grad():
        whole = network(picture)
    assert torch.allclose(draw(network, picture), whole, atol=1e-5)


def test_the_same_photograph_gives_the_same_drawing_and_noise_another() -> None:
    torch.manual_seed(0)
    network = AnimatedGenerator(4, noise=3).eval()
    with torch.no_grad():
        plain, again, other = network(pictures()), network(pictures()), network(pictures(), torch.ones(2, 3))
    assert torch.equal(plain, again) and not torch.allclose(plain, other, atol=1e-4)


def test_losses_are_the_equations() -> None:
    real, fake = torch.tensor([[2.0, -1.0]]), torch.tensor([[0.5, 3.0]])
    d_real, d_fake = real.double().sigmoid(), fake.double().sigmoid()
    assert game_loss(real, fake).item() == pytest.approx(-(d_real.log().mean() + (1 - d_fake).log().mean()).item())
    assert minimax_loss(fake).item() == pytest.approx((1 - d_fake).log().mean().item())
    assert fine_loss(fake).item() == pytest.approx(-(1 - d_fake).log().mean().item())
    assert fine_loss(torch.tensor([200.0])).item() == pytest.approx(200.0)  # no overflow


def test_shade_costs_and_a_contour_almost_nothing() -> None:
    ramp = torch.linspace(-0.5, 0.5, 16).expand(1, 3, 16, 16).contiguous()
    step = 1 / 15
    assert shading_loss(ramp).item() == pytest.approx(step * math.exp(-step / 0.1), rel=1e-4)
    contour = torch.cat([torch.full((1, 3, 16, 8), -0.5), torch.full((1, 3, 16, 8), 0.5)], 3)
    assert shading_loss(contour).item() < 1e-4 < shading_loss(ramp).item()
    leaf = ramp.clone().requires_grad_(True)
    shading_loss(leaf).backward()
    assert torch.isfinite(leaf.grad).all() and leaf.grad.abs().sum() > 0


def test_contrast_and_saturation() -> None:
    contour = torch.cat([torch.full((1, 3, 16, 8), -0.5), torch.full((1, 3, 16, 8), 0.5)], 3)
    assert colour_contrast(contour)[0].item() == pytest.approx(math.sqrt(3) / 2, abs=2e-3)
    assert contrast_loss(contour, contour).item() == 0
    assert contrast_loss(torch.zeros(1, 3, 16, 16), contour).item() == pytest.approx(0.75, abs=5e-3)
    assert saturation_loss(torch.full((1, 3, 4, 4), 0.9)).item() == pytest.approx(0, abs=1e-6)
    assert saturation_loss(-torch.ones(1, 3, 4, 4)).item() == pytest.approx(1, abs=1e-5)


def test_a_drawing_knows_its_person_by_another_photograph() -> None:
    angles = torch.tensor([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6])
    photos = torch.stack([angles.cos(), angles.sin()], 1)
    people = torch.tensor([0] * 6 + [1] * 6)
    assert person_known(photos, photos, people).value == 1
    assert person_known(photos.flip(0), photos, people).value == 0  # each is drawn as the other person


def test_every_term_teaches_the_network_it_is_meant_for() -> None:
    recipe = Animated(features("toonnet"), dataclasses.replace(SMALL, shading=1.0, contrast=1.0, saturation=1.0))
    toons = pictures(seed=1)
    batch = {"photo": pictures(), "toon": toons, "smooth": edge_smoothing(toons)}
    weights = recipe.weights(0.0)
    for optimiser, terms in recipe.terms(batch):
        for name, term in terms.items():
            loss = term()
            assert weights[name] > 0 and loss.isfinite()
            if name != "saturation":  # a fresh drawing is grey
                parameters = [*recipe.networks[optimiser].parameters()]
                slopes = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
                assert any(slope is not None and slope.abs().sum() > 0 for slope in slopes), name


def test_portraits_are_drawn_of_the_smoothed_photograph() -> None:
    torch.manual_seed(0)
    generator = build(SMALL)["generator"].eval()
    photos = 0.05 * pictures()  # steps that smoothing takes away
    assert torch.equal(portrayed(generator)(photos), draw(generator, l0_smoothing(photos, STRENGTH)))
    assert not torch.allclose(portrayed(generator)(photos), draw(generator, photos), rtol=0.01)


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path) -> None:
    """The pool and the noise are drawn at random in the loop, and go on where they were."""
    chapter = find_chapter("animated")

    def batch(step: int) -> dict[str, torch.Tensor]:
        toons = pictures(seed=2 * step)
        return {"photo": pictures(seed=2 * step + 1), "toon": toons, "smooth": edge_smoothing(toons)}

    def stopping(step: int) -> dict[str, torch.Tensor]:
        if step == 5:
            raise KeyboardInterrupt
        return batch(step)

    plan = Plan(steps=9, seed=3, ema=0.9, snapshots=3, save_every=2)
    for folder, sources in (("whole", (batch,)), ("cut", (stopping, batch))):
        for source in sources:
            torch.manual_seed(3)
            try:
                train(chapter.recipe(SMALL), source, plan, tmp_path / folder)
            except KeyboardInterrupt:
                continue
    files = [tmp_path / folder / "generator.safetensors" for folder in ("whole", "cut")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"patch": 128}, "a patch of 128 px is larger than the picture of 64"),
        ({"patch": 20}, "no patch of 20 px; use 1, 9, 21, 45, or 64"),
        ({"batch": 1, "size": 8, "patch": 8}, "batch norm of one 8 px picture"),
    ],
)
def test_networks_that_cannot_be_are_refused(changes: dict[str, int], says: str) -> None:
    with pytest.raises(ToonkitError, match=says):
        build(dataclasses.replace(AnimatedConfig(filters=4, discriminator_filters=4), **changes))


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "1", None, True])
@pytest.mark.parametrize("name", ["omega_0", "omega_f", "omega_1", "omega_e", "colour", "shading"])
def test_weights_that_are_none_are_refused(name: str, value: object) -> None:
    with pytest.raises(ToonkitError, match=f"{name} is .*; a loss weight is a finite number of at least 0"):
        AnimatedConfig(**{name: value})


def test_the_printed_sign_calls_smooth_cartoons_real() -> None:
    """One long step of the discriminator on smoothed cartoons alone moves their scores up or down."""
    moved = {}
    for printed in (False, True):
        torch.manual_seed(0)
        config = dataclasses.replace(SMALL, printed_sign=printed, omega_1=0.0, discriminator_norm="spectral")
        recipe = Animated(features("toonnet"), config)
        smooth = edge_smoothing(pictures(seed=1))
        batch = {"photo": pictures(), "toon": pictures(seed=1), "smooth": smooth}
        before = recipe.networks["discriminator"](smooth).mean().detach()
        for _ in range(5):
            recipe.step(batch, 0.0)
        moved[printed] = float(recipe.networks["discriminator"](smooth).mean().detach() - before)
    assert moved[False] < 0 < moved[True]


def test_content_may_be_seen_at_a_size_of_its_own() -> None:
    seen = []
    recipe = Animated(features("toonnet"), dataclasses.replace(SMALL, content_side=48))
    recipe.features.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape[-1]))
    toons = pictures(seed=1)
    recipe.step({"photo": pictures(), "toon": toons, "smooth": F.avg_pool2d(toons, 3, 1, 1)}, 0.0)
    assert set(seen) == {48}


def test_every_claim_names_rows_and_measures_that_there_are() -> None:
    chapter = find_chapter("animated")
    results = project_root() / "data" / "results"
    measured = published_record(results / "animated-skips.json")["metrics"]
    rows = {f"animated-{variant}": measured for variant in chapter.variants}
    rows[CARTOONGAN] = published_record(results / f"{CARTOONGAN}.json")["metrics"]
    for claim in chapter.claims:
        assert claim.records <= rows.keys(), claim.words
        assert "value" in metric_at(rows[claim.first], claim.metric), claim.words
        for name in claim.seconds:
            assert "value" in metric_at(rows[name], claim.second_metric or claim.metric), claim.words
    assert len({(claim.words, claim.metric) for claim in chapter.claims}) == len(chapter.claims)


def test_the_report_is_compared_with_cartoongan_at_equal_steps_and_equal_batches() -> None:
    ours = find_chapter("animated").variants[REPORTED.removeprefix("animated-")]
    theirs = find_chapter("cartoongan").variants[CARTOONGAN.removeprefix("cartoongan-")]
    assert (ours.full_steps, ours.config.batch, ours.config.size) == (
        theirs.full_steps,
        theirs.config.batch,
        theirs.config.size,
    )
