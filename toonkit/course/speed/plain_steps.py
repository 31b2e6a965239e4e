"""Training steps in plain PyTorch, as public programs have them, for networks and batches that they are given.

CycleGAN's and CartoonGAN's call each generator and discriminator by itself; the others are diffusers' text-to-image
example and a training loop of segmentation_models_pytorch. Each returns a step, which returns its losses.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import AttnProcessor2_0
from torch import Tensor, nn

from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.latents.denoiser import STEPS, noising
from toonkit.chapters.latents.recipe import LatentsConfig, warm_cosine
from toonkit.chapters.recovery.recipe import RecoveryConfig
from toonkit.chapters.segmentation.recipe import SegmentationConfig
from toonkit.networks.features import features
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Batch

Networks = dict[str, nn.Module]


def plain_cartoongan(networks: Networks, batch: Batch) -> Callable[[], list[Tensor]]:
    """CartoonGAN: the discriminator's step, then the generator's, with the discriminator held still."""
    config = CartoonGANConfig()
    generator, discriminator = networks["generator"], networks["discriminator"]
    generator_adam = torch.optim.Adam(generator.parameters(), config.rate, betas=(0.5, 0.999))
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), config.discriminator_rate, betas=(0.5, 0.999))
    space, pool = features("toonnet"), ImagePool(config.pool)

    def step() -> list[Tensor]:
        fake = generator(batch["photo"])
        discriminator.requires_grad_(True)
        discriminator_adam.zero_grad()
        drawn, smooth, real = (discriminator(x) for x in (pool(fake), batch["smooth"], batch["toon"]))
        told = (_score(real, 1) + _score(drawn, 0) + _score(smooth, 0)) / 3
        told.backward()
        discriminator_adam.step()
        discriminator.requires_grad_(False)
        generator_adam.zero_grad()
        adversarial = _score(discriminator(fake), 1)
        with torch.no_grad():
            wanted = space(batch["photo"], config.layer)
        content = F.l1_loss(space(fake, config.layer), wanted)
        colour = F.l1_loss(F.avg_pool2d(fake, 8), F.avg_pool2d(batch["photo"], 8))
        (adversarial + config.omega * content + config.colour * colour).backward()
        generator_adam.step()
        return [told, adversarial, content, colour]

    return step


def plain_cyclegan(networks: Networks, batch: Batch) -> Callable[[], list[Tensor]]:
    """CycleGAN: both generators' step, each called by itself for fakes, identities and cycles; both discriminators'."""
    config = RecoveryConfig()
    draws = {side: networks[f"to_{side}"] for side in ("photo", "toon")}
    tells = {side: networks[f"discriminator_{side}"] for side in draws}
    drawing, telling = (nn.ModuleList(part.values()) for part in (draws, tells))
    adams = [torch.optim.Adam(part.parameters(), config.rate, betas=(0.5, 0.999)) for part in (drawing, telling)]
    pools = {side: ImagePool(config.pool) for side in draws}

    def step() -> list[Tensor]:
        telling.requires_grad_(False)
        adams[0].zero_grad()
        fakes, losses = {}, []
        for side, other in (("photo", "toon"), ("toon", "photo")):
            fakes[side] = draws[side](batch[other])
            same = F.mse_loss(draws[side](batch[side]), batch[side])
            cycle = F.l1_loss(draws[other](fakes[side]), batch[other])
            losses += [_score(tells[side](fakes[side]), 1), cycle, same]
        weights = (1.0, config.cycle_weight, config.identity_weight) * 2
        sum(weight * loss for weight, loss in zip(weights, losses, strict=True)).backward()
        adams[0].step()
        telling.requires_grad_(True)
        adams[1].zero_grad()
        for side in draws:
            real, drawn = tells[side](batch[side]), tells[side](pools[side](fakes[side]))
            losses.append((_score(real, 1) + _score(drawn, 0)) / 2)
        (losses[-2] + losses[-1]).backward()
        adams[1].step()
        return losses

    return step


def _score(logits: Tensor, wanted: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, wanted))


def plain_diffusion(networks: Networks, batch: Batch) -> Callable[[], list[Tensor]]:
    """diffusers' own U-Net and noise, with the attention that it takes by default."""
    config = LatentsConfig()
    denoiser = networks["denoiser"]
    unet, embedding = denoiser.unet, denoiser.embedding
    unet.set_attn_processor(AttnProcessor2_0())
    adam = torch.optim.AdamW(denoiser.parameters(), config.rate * warm_cosine(0.0), weight_decay=1e-2)
    scheduler = noising()

    def step() -> list[Tensor]:
        eta = torch.randn_like(batch["latent"])
        times = torch.randint(STEPS, (len(eta),))
        noisy = scheduler.add_noise(batch["latent"], eta, times)
        dropped = torch.rand(len(eta)) < config.dropout
        tokens = embedding(torch.where(dropped, denoiser.null, batch["label"])).unflatten(1, (-1, config.tokens_width))
        loss = F.mse_loss(unet(noisy, times, encoder_hidden_states=tokens).sample, eta)
        adam.zero_grad()
        loss.backward()
        adam.step()
        return [loss]

    return step


def plain_segmentation(networks: Networks, batch: Batch) -> Callable[[], list[Tensor]]:
    """segmentation_models_pytorch's network and Dice loss."""
    import segmentation_models_pytorch as smp

    config = SegmentationConfig()
    unet = networks["segmentation"].network
    adam = torch.optim.AdamW(unet.parameters(), config.rate, weight_decay=config.weight_decay)
    dice = smp.losses.DiceLoss("multiclass")

    def step() -> list[Tensor]:
        logits = unet(batch["picture"])
        losses = [F.cross_entropy(logits, batch["mask"]), dice(logits, batch["mask"])]
        adam.zero_grad()
        sum(losses).backward()
        adam.step()
        return losses

    return step
