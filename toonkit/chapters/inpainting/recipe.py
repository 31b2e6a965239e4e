"""Image Toonification's "noisy stylisation": three ways to the cartoon of a photograph with holes.

A mask (N, 1, H, W) is 1 where the photograph is missing; what lies there is never looked at. As in the report,
CartoonGAN's generator is cut in two after its last residual block: that block's output is the latent, the rest decodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.filters.checks import check_pictures
from toonkit.filters.repair import RADIUS, fitting_masks, repair, without_holes
from toonkit.losses.adversarial import generator_loss
from toonkit.networks.cartoon_gan import CartoonGenerator
from toonkit.project.errors import ToonkitError


@dataclass(frozen=True)
class InpaintingConfig:
    """The report gives no value. Beside each: DCGAN completion (Amos, 2016), a program after Yeh et al. (2017), whose
    semantic inpainting the report follows.

    A drawing changes far beyond a hole: every pixel depends on most of the picture through the residual blocks, and on
    all of it through instance norm. So the holes are filled with the mean colour of what is known, which disturbs the
    norm least, and a rim around them is not trusted. Yeh et al. have neither: there, what is known is known.
    """

    margin: int = 1  # 0; pixels around a hole whose drawing is not trusted; more cost more than they save on validation
    # scenes. Yeh et al. weigh the rim more, not less.
    rate: float = 0.01  # 0.01, Adam
    iterations: int = 100  # 1000; fewer for a CPU
    prior: float = 0.1  # 0.1; weight of the discriminator's opinion (0.003 in Yeh et al.)
    paste: bool = True  # lay the known part of the drawing over the result; the report does not say whether it does
    radius: int = RADIUS  # pixels that Telea's inpainting looks around; no such way in the report


DEFAULT = InpaintingConfig()


@dataclass(frozen=True)
class LatentBank:
    """Latents (M, C, H / 4, W / 4) of undamaged photographs and their decodings (M, 3, H, W)."""

    latents: Tensor
    drawings: Tensor

    @classmethod
    @torch.no_grad()
    def of(cls, generator: CartoonGenerator, photos: Tensor, batch: int = 50) -> LatentBank:
        """The bank of photographs (M, 3, H, W)."""
        latents = torch.cat([encode(generator, part) for part in check_pictures(photos).split(batch)])
        return cls(latents, torch.cat([generator.decoder(part) for part in latents.split(batch)]))


def encode(generator: CartoonGenerator, photos: Tensor) -> Tensor:
    """The latents of photographs: the output of the last residual block (the report's 8th)."""
    return generator.blocks(generator.encoder(photos))


@torch.no_grad()
def closest_latent(
    generator: CartoonGenerator, bank: LatentBank, photos: Tensor, masks: Tensor, config: InpaintingConfig = DEFAULT
) -> Tensor:
    """The report's way: cartoons (N, 3, H, W) decoded from the bank's latents that are closest to the damaged ones.

    The report leaves open what "closest" compares. Decodings, here, by masked L1 where the damaged photograph's drawing
    is trusted: a mask says which pixels are known, but no latent is, as each looks through every hole.
    Raises ToonkitError for bad masks, and for a bank of pictures of another size.
    """
    _, drawn, masks = _damaged(generator, photos, masks)
    found = generator.decoder(_nearest(bank, drawn, _trusted(masks, config.margin)))
    return torch.where(masks > 0, found, drawn) if config.paste else found


@torch.enable_grad()
def optimise_latent(
    generator: CartoonGenerator,
    discriminator: nn.Module,
    photos: Tensor,
    masks: Tensor,
    config: InpaintingConfig = DEFAULT,
    bank: LatentBank | None = None,
) -> Tensor:
    """Move latents until their decoding agrees with what is known and the discriminator takes it for a cartoon.

    Starts at the damaged photographs' own latents or, with a bank, at its closest. Both losses are sums over pictures,
    so a picture's result does not depend on its batch. Returns cartoons (N, 3, H, W); raises as `closest_latent`.
    """
    start, drawn, masks = _damaged(generator, photos, masks)
    trusted = _trusted(masks, config.margin)
    z = (_nearest(bank, drawn, trusted) if bank else start).clone().requires_grad_()
    optimiser = torch.optim.Adam([z], config.rate)
    for _ in range(config.iterations):
        decoded = generator.decoder(z)
        reconstruction = (trusted * (decoded - drawn).abs()).sum()
        prior = len(z) * generator_loss(discriminator(decoded))
        (z.grad,) = torch.autograd.grad(reconstruction + config.prior * prior, z)
        optimiser.step()
    with torch.no_grad():
        decoded = generator.decoder(z)
    return torch.where(masks > 0, decoded, drawn) if config.paste else decoded


@torch.no_grad()
def inpaint_first(
    generator: CartoonGenerator, photos: Tensor, masks: Tensor, config: InpaintingConfig = DEFAULT
) -> Tensor:
    """The baseline that the report lacks: repair the photographs without any learning, then draw them."""
    return generator(repair(photos, masks, config.radius))


@torch.no_grad()
def _damaged(generator: CartoonGenerator, photos: Tensor, masks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Latents and drawings of photographs whose holes have the mean colour of the rest, and the checked masks."""
    masks = fitting_masks(photos, masks)
    if photos.shape[2] % 4 or photos.shape[3] % 4:
        raise ToonkitError(f"latents need sides that are multiples of 4, not {tuple(photos.shape[2:])}; crop the photo")
    latents = encode(generator, without_holes(photos, masks))
    return latents, generator.decoder(latents), masks


def _trusted(masks: Tensor, margin: int) -> Tensor:
    """1 where a pixel is known and further than `margin` from every hole, else 0. Raises ToonkitError if none is."""
    trusted = 1 - F.max_pool2d(masks, 2 * margin + 1, 1, margin)
    if not trusted.flatten(1).any(1).all():
        raise ToonkitError(f"a mask leaves no pixel further than {margin} from its holes; use a smaller margin")
    return trusted


def _nearest(bank: LatentBank, drawn: Tensor, trusted: Tensor) -> Tensor:
    """For each drawing (N, 3, H, W) the bank's latent whose decoding is nearest to it where `trusted` is 1."""
    if bank.drawings.shape[1:] != drawn.shape[1:]:
        raise ToonkitError(f"the bank holds pictures {tuple(bank.drawings.shape[1:])}, not {tuple(drawn.shape[1:])}")
    distances = [((bank.drawings - d).abs() * t).sum((1, 2, 3)) for d, t in zip(drawn, trusted, strict=True)]
    return bank.latents[torch.stack(distances).argmin(1)]
