"""Cartoons of photographs with holes: what each way must give back where the answer is known. Tiny networks."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import pytest
import torch
from torch import nn

from toonkit.chapters.inpainting.recipe import (
    InpaintingConfig,
    LatentBank,
    closest_latent,
    encode,
    inpaint_first,
    optimise_latent,
)
from toonkit.filters.repair import check_masks, repair
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld
from toonkit.world.extras import block_masks

WAYS = ("closest", "optimise", "optimise from closest", "inpaint first")
QUICK = InpaintingConfig(iterations=3)


class Identity(nn.Module):
    """A generator that draws the photograph: pictures are their own latents."""

    encoder = blocks = decoder = nn.Identity()

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        return photos


@pytest.fixture(scope="module")
def generator() -> CartoonGenerator:
    torch.manual_seed(0)
    made = CartoonGenerator(3, 2).eval()
    for weight in made.parameters():  # larger than at the start of a training, so that drawings differ
        nn.init.normal_(weight, 0.0, 0.3) if weight.dim() > 1 else None
    return made


@pytest.fixture(scope="module")
def discriminator() -> CartoonDiscriminator:
    torch.manual_seed(1)
    return CartoonDiscriminator(3).eval()


@pytest.fixture(scope="module")
def photos() -> torch.Tensor:
    return ToonWorld("faces", "val", 32, count=6).photos(range(6))


@pytest.fixture(scope="module")
def masks() -> torch.Tensor:
    return block_masks(6, 32, 0.2, seed=5)


def neutral(photos: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """The photographs with the mean colour of the rest in their holes, in float64."""
    known, total = photos.double() * (1 - masks), (1 - masks).sum((2, 3), keepdim=True)
    return (known + known.sum((2, 3), keepdim=True) / total * masks).float()


def draw(way, generator, discriminator, photos, masks, config=QUICK, bank=None):
    bank = bank or LatentBank.of(generator, photos.flip(3))
    if way == "closest":
        return closest_latent(generator, bank, photos, masks, config)
    if way == "inpaint first":
        return inpaint_first(generator, photos, masks, config)
    return optimise_latent(generator, discriminator, photos, masks, config, bank if "from" in way else None)


def test_the_latent_is_what_leaves_the_last_residual_block(generator, photos):
    seen = []
    handle = generator.blocks[-1].register_forward_hook(lambda _, __, out: seen.append(out))
    drawn = generator(photos)
    handle.remove()
    assert torch.equal(encode(generator, photos), seen[0]) and seen[0].shape == (6, 12, 8, 8)
    bank = LatentBank.of(generator, photos, batch=4)
    assert torch.allclose(bank.latents, seen[0], atol=1e-5) and torch.allclose(bank.drawings, drawn, atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_under_a_hole_is_looked_at(way, generator, discriminator, photos, masks):
    noise = torch.rand(photos.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    bank = LatentBank.of(generator, photos.flip(3))
    one, other = (
        draw(way, generator, discriminator, torch.where(masks > 0, x, photos), masks, QUICK, bank) for x in (-1, noise)
    )
    assert one.shape == photos.shape and torch.equal(one, other)


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_does_not_depend_on_its_batch(way, generator, discriminator, photos, masks):
    bank = LatentBank.of(generator, photos.flip(3))
    together = draw(way, generator, discriminator, photos, masks, QUICK, bank)
    alone = draw(way, generator, discriminator, photos[2:3], masks[2:3], QUICK, bank)
    assert torch.allclose(together[2:3], alone, atol=1e-3)


@pytest.mark.parametrize("way", WAYS[:3])
def test_the_known_part_of_the_drawing_is_pasted_or_not(way, generator, discriminator, photos, masks):
    with torch.no_grad():
        drawn = generator(neutral(photos, masks))
    config = replace(QUICK, rate=0.1)
    pasted, whole = (
        draw(way, generator, discriminator, photos, masks, replace(config, paste=paste)) for paste in (True, False)
    )
    outside, inside = (masks == 0).expand_as(photos), (masks > 0).expand_as(photos)
    assert torch.allclose(pasted[outside], drawn[outside], atol=1e-5) and torch.equal(pasted[inside], whole[inside])
    assert (whole[outside] - drawn[outside]).abs().max() > 1e-2


def test_a_bank_with_the_undamaged_picture_gives_it_back(photos, masks):
    """Where a drawing changes only below a hole, the closest latent is the picture's own, and all of it comes back."""
    found = closest_latent(Identity(), LatentBank.of(Identity(), photos.roll(2, 0)), photos, masks, InpaintingConfig())
    assert torch.equal(found, photos)


def test_the_closest_is_the_closest_by_a_direct_search(generator, photos, masks):
    world = ToonWorld("faces", "train", 32, count=30)
    bank = LatentBank.of(generator, world.photos(range(30)))
    config = InpaintingConfig(margin=1, paste=False)
    found = closest_latent(generator, bank, photos, masks, config)
    with torch.no_grad():
        drawn = generator(neutral(photos, masks)).double().numpy()
    for number in range(6):
        rim = cv2.dilate(masks[number, 0].numpy(), torch.ones(3, 3).numpy()) > 0
        distances = [abs(d.double().numpy() - drawn[number])[:, ~rim].sum() for d in bank.drawings]
        best = min(range(30), key=distances.__getitem__)
        assert torch.allclose(found[number], bank.drawings[best], atol=1e-4)


def test_the_optimisation_recovers_a_known_latent_and_leaves_the_unknown(photos, masks):
    """Pictures are their own latents here, so from a grey start every trusted value must come to the photograph's."""
    grey = LatentBank(torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32))
    config = InpaintingConfig(iterations=150, margin=1, prior=0.0, paste=False)
    found = optimise_latent(Identity(), nn.Identity(), photos, masks, config, grey)
    rim = torch.from_numpy(cv2.dilate(masks.flatten(0, 1).permute(1, 2, 0).numpy(), torch.ones(3, 3).numpy()))
    trusted = (rim.permute(2, 0, 1)[:, None] == 0).expand_as(photos)
    assert (found - photos)[trusted].abs().max() < 0.03  # Adam's last steps are of the rate's size
    assert (found[~trusted] == 0).all()


def test_its_two_losses_are_the_sources(generator, discriminator, photos, masks, monkeypatch):
    """The first step's gradient against a direct one: masked L1 as a sum, plus 0.1 x -log D in float64."""
    steps = []

    class Watch(torch.optim.Adam):
        def step(self, closure=None):
            steps.append((self.param_groups[0]["params"][0].grad.clone(), self.defaults["lr"]))
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "Adam", Watch)
    bank, config = LatentBank.of(generator, photos[:1].flip(3)), InpaintingConfig(iterations=1, margin=0)
    optimise_latent(generator, discriminator, photos[:1], masks[:1], config, bank)
    drawn = generator(neutral(photos[:1], masks[:1])).detach()
    z = bank.latents.clone().requires_grad_()
    decoded = generator.decoder(z)
    loss = sum((decoded - drawn)[0, c][masks[0, 0] == 0].abs().double().sum() for c in range(3))
    total = loss - 0.1 * torch.sigmoid(discriminator(decoded)).double().log().mean()
    ((gradient, rate),) = steps
    assert rate == 0.01 and torch.allclose(gradient, torch.autograd.grad(total, z)[0], rtol=1e-3, atol=1e-4)


def test_the_prior_alone_makes_the_discriminator_content(generator, discriminator, photos, masks):
    def opinion(prior: float) -> float:
        config = InpaintingConfig(iterations=15, prior=prior, rate=0.05, paste=False)
        with torch.no_grad():
            return float(discriminator(optimise_latent(generator, discriminator, photos, masks, config)).mean())

    assert opinion(1e5) > opinion(0.0)


def test_the_networks_are_left_as_they_were(generator, discriminator, photos, masks):
    draw("optimise", generator, discriminator, photos, masks)
    assert all(weight.grad is None for network in (generator, discriminator) for weight in network.parameters())


def test_repair_touches_holes_only_and_is_opencvs(photos, masks):
    repaired = repair(photos, masks)
    assert torch.equal(repaired[(masks == 0).expand_as(photos)], photos[(masks == 0).expand_as(photos)])
    for photo, mask, found in zip(neutral(photos, masks), masks, repaired, strict=True):
        pixels = ((photo + 1) * 127.5).round().byte().permute(1, 2, 0).contiguous().numpy()
        filled = cv2.inpaint(pixels, mask[0].byte().numpy(), 3, cv2.INPAINT_TELEA)
        theirs = torch.from_numpy(filled).permute(2, 0, 1)[:, mask[0] > 0] / 127.5 - 1
        assert torch.allclose(found[:, mask[0] > 0], theirs)


def test_repair_continues_what_is_flat_at_any_size():
    flat = torch.tensor([0.2, -0.6, 1.0]).view(1, 3, 1, 1).expand(1, 3, 13, 21)
    mask = torch.zeros(1, 1, 13, 21)
    mask[..., 4:9, 5:12] = 1
    assert torch.allclose(repair(torch.where(mask > 0, -1.0, flat), mask), flat, atol=4 / 127.5)  # 4 grey levels


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (torch.zeros(1, 1, 8, 8), "mask 0 says that nothing is missing"),
        (torch.ones(1, 1, 8, 8), "mask 0 says that everything is missing"),
        (torch.tensor([[1.0, 0.25]]).expand(1, 1, 8, 2), r"this one holds 0\.25; threshold it"),
        (torch.full((1, 1, 8, 8), math.nan), "this one holds nan"),
        (torch.zeros(1, 3, 8, 8), r"\(N, 1, H, W\), not \(1, 3, 8, 8\)"),
        (torch.zeros(8, 8), r"\(N, 1, H, W\), not \(8, 8\)"),
    ],
)
def test_masks_that_are_none(mask, words):
    with pytest.raises(ToonkitError, match=words):
        check_masks(mask)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_refuses_what_does_not_fit(way, generator, discriminator, photos, masks):
    for number, bad, words in (
        (6, block_masks(6, 28, 0.2), "masks: 6 of 28x28 pixels; photographs: 6 of 32x32; each"),
        (6, masks[:2], "masks: 2 of 32x32 pixels; photographs: 6"),
        (6, masks * 0.5, r"holds 0\.5"),
        (6, torch.cat([masks[:5], torch.ones(1, 1, 32, 32)]), "mask 5 says that everything"),
    ):
        with pytest.raises(ToonkitError, match=words):
            draw(way, generator, discriminator, photos[:number], bad)
    assert draw(way, generator, discriminator, photos, masks > 0).isfinite().all()  # True and False are 1 and 0


def test_what_else_does_not_fit(generator, photos, masks):
    with pytest.raises(ToonkitError, match="multiples of 4"):
        closest_latent(generator, LatentBank.of(generator, photos), photos[..., :30], masks[..., :30])
    with pytest.raises(ToonkitError, match=r"bank holds pictures \(3, 16, 32\), not \(3, 32, 32\)"):
        closest_latent(generator, LatentBank.of(generator, photos[:, :, :16]), photos, masks)
    with pytest.raises(ToonkitError, match="further than 30 from its holes"):
        closest_latent(generator, LatentBank.of(generator, photos), photos, masks, InpaintingConfig(margin=30))
    with pytest.raises(ToonkitError, match="NaN"):
        repair(photos * math.nan, masks)
