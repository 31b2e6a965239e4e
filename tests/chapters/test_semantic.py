"""Semantic cartoonisation: networks against gradients, losses against closed forms, regions, phases, controls."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from torch import nn

from toonkit.chapters.semantic.config import WEIGHTS, SemanticConfig
from toonkit.chapters.semantic.data import finer_in_front
from toonkit.chapters.semantic.losses import fooled_loss, semantic_loss, superpixels
from toonkit.chapters.semantic.networks import PatchDiscriminator, SemanticGenerator
from toonkit.chapters.semantic.recipe import Semantic
from toonkit.chapters.semantic.views import half_size, probabilities, stored_view
from toonkit.filters import guided_filter
from toonkit.filters.flat import flat_cartoon
from toonkit.images.values import as_bytes, as_pictures
from toonkit.losses.content import feature_distance
from toonkit.networks.drawing import draw
from toonkit.networks.features import features
from toonkit.project.errors import ToonkitError
from toonkit.training.loop import train
from toonkit.training.run_files import Plan

SMALL = SemanticConfig(filters=4, blocks=1, discriminator_filters=4, batch=2, size=32)
CLASSES = 18  # of ToonWorld


class Seen(nn.Module):
    """Stands for a segmentation network: a pixel's class shares follow from its brightness."""

    def __init__(self, classes: int = CLASSES) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        bright = pictures.mean(1, keepdim=True)  # (N, 1, H, W)
        return torch.cat([bright * (1 + number) for number in range(self.classes)], 1)


def pictures(count: int = 2, side: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    photo = pictures(seed=seed)
    view = as_pictures(stored_view(Seen(), photo))
    return {"photo": photo, "toon": pictures(seed=seed + 100), "view": view}


def recipe(**changes: object) -> Semantic:
    torch.manual_seed(0)
    return Semantic(features("toonnet"), Seen(), dataclasses.replace(SMALL, **changes))


def test_a_pixel_depends_on_no_more_than_the_reach() -> None:
    torch.manual_seed(0)
    network = SemanticGenerator(4, blocks=2).eval()
    far = 0
    for place in range(96, 100):  # where a pixel falls in its square of four decides how far it sees
        picture = pictures(1, 200).requires_grad_(True)
        network(picture)[0, :, place, place].sum().backward()
        rows, columns = (picture.grad.abs().sum(1)[0] > 0).nonzero(as_tuple=True)
        far = max(far, int((rows - place).abs().max()), int((columns - place).abs().max()))
    assert network.reach - network.multiple <= far <= network.reach


def test_the_generator_has_three_kinds_of_layers_and_no_norm() -> None:
    kinds = {type(module) for module in SemanticGenerator(4).modules() if not list(module.children())}
    assert kinds == {nn.Conv2d, nn.LeakyReLU}  # resizing is a function


def test_a_generator_on_the_flat_abstraction_starts_near_it() -> None:
    torch.manual_seed(0)
    network = SemanticGenerator(4, guide_eps=0.0, on_flat=True)
    photo, flat = pictures(), pictures(seed=1)
    drawn = network(torch.cat([photo, flat], 1))
    assert (drawn - flat).abs().mean() < 0.1 < (drawn - photo).abs().mean()


def test_what_is_wanted_is_finer_where_the_network_sees_foreground() -> None:
    config = SemanticConfig(strength=0.5, fine_strength=1e-4)
    photo = pictures(1, 32)
    known = {"photo": as_bytes(photo), "flat": as_bytes(flat_cartoon(photo, config.strength))}
    fine = as_bytes(flat_cartoon(as_pictures(known["photo"]), config.fine_strength))
    shares = torch.zeros(1, CLASSES, 16, 16)
    shares[:, 10, :, :8], shares[:, 13, :, 8:] = 1.0, 1.0  # sky to the left, a cat to the right
    known["view"] = as_bytes(shares * 2 - 1)
    wanted = finer_in_front(config, known)
    assert (wanted[..., :14].int() - known["flat"][..., :14].int()).abs().max() <= 1
    assert (wanted[..., 18:].int() - fine[..., 18:].int()).abs().max() <= 1
    assert not torch.equal(known["flat"][..., 18:], fine[..., 18:])


def test_every_convolution_of_a_discriminator_but_the_last_is_spectrally_normed() -> None:
    network = PatchDiscriminator(3, 4)
    for _ in range(30):  # each forward pass is one round of power iteration
        network(pictures())
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    largest = [float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)) for layer in convolutions]
    assert largest[:-1] == pytest.approx([1.0] * 6, abs=0.05)
    assert not hasattr(convolutions[-1], "parametrizations")
    assert network(pictures()).shape == (2, 1, 4, 4)


def test_large_pictures_are_drawn_in_tiles_without_a_seam() -> None:
    torch.manual_seed(0)
    network = SemanticGenerator(4, blocks=1).eval()
    picture = pictures(1, 560)
    with torch.no_grad():
        whole = network(picture)
    assert torch.allclose(draw(network, picture), whole, atol=1e-5)


def test_content_is_measured_in_units_of_the_photographs_features() -> None:
    photo = torch.tensor([[[[1.0, -3.0]]]])
    assert feature_distance(photo + 1, photo).item() == pytest.approx(0.5)
    assert feature_distance(10 * photo + 10, 10 * photo).item() == pytest.approx(0.5)


def test_the_semantic_loss_is_0_for_the_same_classes_and_1_for_none_in_common() -> None:
    one, other = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    one[:, 0], other[:, 1] = 1.0, 1.0
    assert semantic_loss(one, one).item() == 0
    assert semantic_loss(one, other).item() == 1
    half = 0.5 * one + 0.5 * other
    assert semantic_loss(half, one).item() == pytest.approx(0.5)
    left = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])
    assert semantic_loss(one, other, left).item() == pytest.approx(0.5)


def test_the_generators_part_of_the_adversarial_losses() -> None:
    scores = torch.tensor([[[[0.5, -2.0]]]])
    wanted = -scores.double().sigmoid().log().mean()
    assert fooled_loss(scores, "log").item() == pytest.approx(float(wanted), rel=1e-5)
    assert fooled_loss(scores, "least_squares").item() == pytest.approx((0.5**2 + 3.0**2) / 2)


def test_superpixels_are_a_few_flat_areas_that_do_not_cross_a_contour() -> None:
    left = torch.full((1, 3, 48, 24), -0.5)
    clean = torch.cat([left, -left], 3)
    shaded = clean + 0.1 * torch.linspace(-1, 1, 48).view(1, 1, 48, 1)
    flat = superpixels(shaded, 12)
    assert torch.allclose(flat.mean((2, 3)), shaded.mean((2, 3)), atol=1e-5)  # a segment has its own mean
    assert len(flat[0].flatten(1).T.unique(dim=0)) <= 16
    assert (flat * clean > 0.1).all()  # no segment takes colours from both sides


def test_pretraining_is_pixels_alone_and_then_never_again() -> None:
    made = recipe(pretraining=0.5)
    first, later = made.weights(0.0), made.weights(0.5)
    assert {name for name, weight in first.items() if weight} == {"reconstruction"}
    assert later["reconstruction"] == 0 and later["texture"] == SMALL.texture
    assert later["discriminator_surface"] == 1
    assert recipe(pretraining=0.0).weights(0.0)["reconstruction"] == 0
    before = [parameter.clone() for parameter in made.networks["surface"].parameters()]
    losses = made.step(batch(), 0.1)
    assert set(losses) == {"reconstruction"}
    assert all(torch.equal(a, b) for a, b in zip(before, made.networks["surface"].parameters(), strict=True))


def test_every_term_teaches_the_network_it_is_meant_for() -> None:
    made = recipe(structure=1.0)
    weights = made.weights(1.0)
    for optimiser, terms in made.terms(batch()):
        names = ("surface", "texture") if optimiser == "discriminator" else ("generator",)
        for name, term in terms.items():
            if weights[name]:
                loss = term()
                parameters = [p for network in names for p in made.networks[network].parameters()]
                slopes = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
                assert any(slope is not None and slope.abs().sum() > 0 for slope in slopes), name


def test_the_surface_is_what_the_guided_filter_leaves() -> None:
    made = recipe()
    surface, texture = made._views(pictures(), torch.tensor([0.2, 0.5, 0.3]))
    assert torch.allclose(surface, guided_filter(pictures(), radius=3, eps=0.2))
    wanted = 0.2 * pictures()[:, 0] + 0.5 * pictures()[:, 1] + 0.3 * pictures()[:, 2]
    assert torch.allclose(texture[:, 0], wanted, atol=1e-6)


def test_views_are_kept_to_a_byte() -> None:
    photo = pictures()
    kept = probabilities(as_pictures(stored_view(Seen(), photo)))
    assert kept.shape == (2, CLASSES, 16, 16)
    assert torch.allclose(kept, half_size(Seen()(photo).softmax(1)), atol=1 / 255)


def test_a_class_by_name_counts_before_foreground_and_background() -> None:
    numbers = SemanticConfig(regions=("sky texture 4", "background texture 0.5", "foreground tv 2")).region_numbers()
    names = SemanticConfig().region_numbers()
    sky = 10
    assert numbers["texture"][sky] == 4 and set(numbers["texture"].values()) == {4.0, 0.5}
    assert set(numbers["tv"].values()) == {2.0} and sky not in numbers["tv"]
    assert len(names["texture"]) == CLASSES  # every class is foreground or background


@pytest.mark.parametrize("calm", [False, True])
def test_a_region_of_weight_nought_learns_nothing_from_that_loss(calm: bool) -> None:
    """With total variation alone, and none of it in either region, a photograph gives no gradient."""
    alone = dict.fromkeys(WEIGHTS, 0.0) | {"tv": 1.0, "pretraining": 0.0, "calm": calm}
    alone |= {"pictures": "open"} if calm else {}
    made = recipe(**alone, regions=("background tv 0", "foreground tv 0"))
    view = as_pictures(stored_view(Seen(len(made.config.classes())), pictures()))
    given = batch() | {"view": view, "wanted": pictures(seed=5), "flat": pictures(seed=6)}
    before = [parameter.clone() for parameter in made.networks["generator"].parameters()]
    made.step(given, 0.5)
    assert all(torch.equal(a, b) for a, b in zip(before, made.networks["generator"].parameters(), strict=True))


def test_a_controlled_generator_is_given_its_weights_and_others_in_every_step() -> None:
    made = recipe(controlled=True, pretraining=0.0)
    given = []
    watch = made.networks["generator"].register_forward_hook(lambda _, inputs, __: given.append(inputs[1][0]))
    for step in range(3):
        torch.manual_seed(step)
        made.step(batch(), 0.5)
    watch.remove()
    assert all(((row >= -1) & (row <= 1)).all() for row in given)
    assert not torch.equal(given[0], given[1]) and not torch.equal(given[1], given[2])
    assert made.weights(0.5)["texture"] == SMALL.texture  # between steps its own
    with torch.no_grad():
        plain = made.translate(pictures())
        same = made.translate(pictures(), {"texture": 1.0})
        other = made.translate(pictures(), {"texture": 4.0})
    assert torch.equal(plain, same) and not torch.equal(plain, other)


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path) -> None:
    """A controlled one too, whose weights are drawn in every step."""

    def stopping(step: int) -> dict[str, torch.Tensor]:
        if step == 5:
            raise KeyboardInterrupt
        return batch(step)

    plan = Plan(steps=8, seed=3, ema=0.9, save_every=2)
    for folder, sources in (("whole", (batch,)), ("cut", (stopping, batch))):
        for source in sources:
            try:
                train(recipe(controlled=True), source, plan, tmp_path / folder)
            except KeyboardInterrupt:
                continue
    files = [tmp_path / folder / "generator.safetensors" for folder in ("whole", "cut")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (dict.fromkeys(WEIGHTS, 0.0), "all weights are 0"),
        ({"tv": math.nan}, "tv is nan; a loss weight is a finite number"),
        ({"texture": -1.0}, "texture is -1.0"),
        ({"regions": ("dragon texture 2",)}, "dragon"),
        ({"regions": ("foreground colour 2",)}, "colour"),
        ({"regions": ("foreground texture much",)}, "'much', which is no number"),
        ({"regions": ("foreground texture -2",)}, "finite number of at least 0"),
        ({"regions": ("foreground 2",)}, "should read like"),
        ({"texture_network": "projected"}, "texture_network 'projected' looks through squeezenet"),
        ({"flat": 1.0}, "flat needs the flat abstraction"),
    ],
)
def test_bad_configurations_are_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ToonkitError, match=says):
        SemanticConfig(**changes)


def test_deeplabs_regions_are_its_own_classes() -> None:
    numbers = SemanticConfig(
        segmentation="deeplab", regions=("foreground texture 2", "tvmonitor tv 3")
    ).region_numbers()
    assert numbers["texture"][15] == 2 and 0 not in numbers["texture"]  # person; background
    assert numbers["tv"] == {20: 3.0}
    with pytest.raises(ToonkitError, match="sky"):
        SemanticConfig(segmentation="deeplab", regions=("sky texture 2",))
