"""Right and plausible wrong answers to the exercises of notebook 03."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.losses.adversarial import discriminator_loss, generator_loss


def three_by_bce(cartoons: Tensor, smoothed: Tensor, drawings: Tensor) -> Tensor:
    losses = [F.binary_cross_entropy_with_logits(cartoons, torch.ones_like(cartoons))]
    losses += [F.binary_cross_entropy_with_logits(x, torch.zeros_like(x)) for x in (smoothed, drawings)]
    return torch.stack(losses).mean()


def three(c: Tensor, s: Tensor, d: Tensor) -> Tensor:
    return (F.softplus(-c).mean() + F.softplus(s).mean() + F.softplus(d).mean()) / 3


def three_by_sigmoid(c: Tensor, s: Tensor, d: Tensor) -> Tensor:
    return -(c.sigmoid().log().mean() + (1 - s.sigmoid()).log().mean() + (1 - d.sigmoid()).log().mean()) / 3


def three_clamped(c: Tensor, s: Tensor, d: Tensor) -> Tensor:
    parts = (c.sigmoid(), 1 - s.sigmoid(), 1 - d.sigmoid())
    return -sum(part.clamp(min=1e-7).log().mean() for part in parts) / 3


def three_of_all(c: Tensor, s: Tensor, d: Tensor) -> Tensor:
    return torch.cat([F.softplus(-c).flatten(), F.softplus(s).flatten(), F.softplus(d).flatten()]).mean()


def adain(
    content: Tensor,
    style: Tensor,
    over: tuple[int, ...] = (2, 3),
    correction: int = 0,
    deviation: Callable[[Tensor], Tensor] = lambda variance: (variance + 1e-5).sqrt(),
) -> Tensor:
    means = [x.mean(over, keepdim=True) for x in (content, style)]
    spreads = [deviation(x.var(over, correction=correction, keepdim=True)) for x in (content, style)]
    return (content - means[0]) / spreads[0] * spreads[1] + means[1]


def adain_by_norm(content: Tensor, style: Tensor) -> Tensor:
    out = []
    for one, other in zip(content, style, strict=True):
        flat = other.flatten(1)
        scale = ((flat - flat.mean(1, keepdim=True)).square().mean(1) + 1e-5).sqrt()
        out.append(F.instance_norm(one[None], weight=scale, bias=flat.mean(1))[0])
    return torch.stack(out)


def adain_without_mean(content: Tensor, style: Tensor) -> Tensor:
    return adain(content, style) - style.mean((2, 3), keepdim=True)


def adain_of_one_style(content: Tensor, style: Tensor) -> Tensor:
    mean, variance = style.mean((0, 2, 3), keepdim=True), style.var((0, 2, 3), correction=0, keepdim=True)
    return F.instance_norm(content) * (variance + 1e-5).sqrt() + mean


def adain_without_centring(content: Tensor, style: Tensor) -> Tensor:
    spreads = [(x.var((2, 3), correction=0, keepdim=True) + 1e-5).sqrt() for x in (content, style)]
    return content / spreads[0] * spreads[1] + style.mean((2, 3), keepdim=True)


def field(layers: list[tuple[int, int]], stride_first: bool = False, strides: bool = True, less: int = 1) -> int:
    width, jump = 1, 1
    for kernel, stride in layers:
        if stride_first:
            jump *= stride
        width += (kernel - less) * jump
        if not stride_first and strides:
            jump *= stride
    return width


def field_in_sets(layers: list[tuple[int, int]]) -> int:
    seen = {0}
    for kernel, stride in layers[::-1]:
        seen = {place * stride + k for place in range(min(seen), max(seen) + 1) for k in range(kernel)}
    return max(seen) - min(seen) + 1


def best_by_odds(c: Tensor, e: Tensor, g: Tensor) -> Tensor:
    return torch.sigmoid(torch.log(c) - torch.log(e + g))


def step_by_losses(networks, optimisers, batch, pool, keep):
    generator, discriminator = networks["generator"], networks["discriminator"]
    fake = generator(batch["photo"])
    told = discriminator_loss(discriminator(batch["toon"]), discriminator(batch["smooth"]), discriminator(pool(fake)))
    optimisers["discriminator"].zero_grad()
    told.backward()
    optimisers["discriminator"].step()
    fooled = generator_loss(discriminator(fake))
    optimisers["generator"].zero_grad()
    (fooled + keep(fake)).backward()
    optimisers["generator"].step()
    return told.detach(), fooled.detach()


def step_frozen(networks, optimisers, batch, pool, keep):
    """Draws again for the generator, and freezes the discriminator meanwhile."""
    generator, discriminator = networks["generator"], networks["discriminator"]
    with torch.no_grad():
        shown = pool(generator(batch["photo"]))
    scores = [discriminator(batch["toon"]), -discriminator(batch["smooth"]), -discriminator(shown)]
    told = sum(torch.nn.functional.softplus(-score).mean() for score in scores) / 3
    optimisers["discriminator"].zero_grad()
    told.backward()
    optimisers["discriminator"].step()
    discriminator.requires_grad_(False)
    fake = generator(batch["photo"])
    fooled = torch.nn.functional.softplus(-discriminator(fake)).mean()
    optimisers["generator"].zero_grad(set_to_none=True)
    (fooled + keep(fake)).backward()
    optimisers["generator"].step()
    discriminator.requires_grad_(True)
    return [told.item(), fooled.item()]


def step_of(order=("discriminator", "generator"), clears=True, pooled=True, kept=True, old_scores=False, literal=False):
    """The step with something done otherwise."""

    def step(networks, optimisers, batch, pool, keep):
        generator, discriminator = networks["generator"], networks["discriminator"]
        fake = generator(batch["photo"])
        early = generator_loss(discriminator(fake.detach())).item()
        found = {}
        for name in order:
            if name == "discriminator":
                shown = pool(fake) if pooled else fake.detach()
                loss = discriminator_loss(
                    discriminator(batch["toon"]), discriminator(batch["smooth"]), discriminator(shown)
                )
                found[name] = loss
            else:
                scores = discriminator(fake)
                found[name] = -torch.nn.functional.softplus(scores).mean() if literal else generator_loss(scores)
                loss = found[name] + keep(fake) if kept else found[name]
            if clears:
                optimisers[name].zero_grad()
            loss.backward()
            optimisers[name].step()
        second = early if old_scores else found["generator"].item()
        return found["discriminator"].item(), second

    return step


RIGHT = {
    "gan_step": {"the package's losses": step_by_losses, "softplus, frozen meanwhile": step_frozen},
    "three_way": {"softplus": three, "with logits": three_by_bce},
    "adain": {"moments": adain, "one by one": adain_by_norm},
    "receptive_field": {"jumps": field, "sets of places": field_in_sets},
    "best_discriminator": {
        "a ratio": lambda c, e, g: c / (c + e + g),
        "log odds": best_by_odds,
        "stacked": lambda c, e, g: torch.stack([c, e, g]).div(torch.stack([c, e, g]).sum(0))[0],
    },
}

WRONG = {
    "gan_step": {
        "the generator first": step_of(order=("generator", "discriminator")),
        "slopes never cleared": step_of(clears=False),
        "without the pool": step_of(pooled=False),
        "nothing is kept": step_of(kept=False),
        "scores from before the discriminator's update": step_of(old_scores=True),
        "the loss that is flat": step_of(literal=True),
    },
    "three_way": {
        "no gradient": lambda c, s, d: three(c, s, d).detach(),
        "drawings detached": lambda c, s, d: three(c, s, d.detach()),
        "smoothed detached": lambda c, s, d: three(c, s.detach(), d),
        "a number": lambda c, s, d: three(c, s, d).item(),
        "overflows": three_by_sigmoid,
        "clamped": three_clamped,
        "all scores alike": three_of_all,
        "a sum": lambda c, s, d: 3 * three(c, s, d),
        "smoothed are real": lambda c, s, d: three(c, -s, d),
        "all signs turned": lambda c, s, d: three(-c, -s, -d),
        "drawings are real": lambda c, s, d: three(c, s, -d),
        "two kinds": lambda c, s, d: (F.softplus(-c).mean() + F.softplus(d).mean()) / 2,
        "one dimension": lambda c, s, d: three(c, s, d).view(1),
    },
    "adain": {
        "divided by N - 1": lambda c, s: adain(c, s, correction=1),
        "per picture": lambda c, s: adain(c, s, over=(1, 2, 3)),
        "per batch": lambda c, s: adain(c, s, over=(0, 2, 3)),
        "no mean": adain_without_mean,
        "one style for all": adain_of_one_style,
        "not centred": adain_without_centring,
        "exchanged": lambda c, s: adain(s, c),
        "eps outside": lambda c, s: adain(c, s, deviation=lambda v: v.sqrt() + 1e-5),
        "no eps": lambda c, s: adain(c, s, deviation=lambda v: v.sqrt()),
        "variances for deviations": lambda c, s: adain(c, s, deviation=lambda v: v + 1e-5),
        "normalised only": lambda c, s: F.instance_norm(c),
        "eps of the content only": lambda c, s: (
            F.instance_norm(c) * s.var((2, 3), correction=0, keepdim=True).sqrt() + s.mean((2, 3), keepdim=True)
        ),
    },
    "receptive_field": {
        "stride first": lambda layers: field(layers, stride_first=True),
        "no strides": lambda layers: field(layers, strides=False),
        "whole kernels": lambda layers: field(layers, less=0),
        "one pixel less": lambda layers: field(layers) - 1,
        "from the end": lambda layers: field(layers[::-1]),
        "without the last": lambda layers: field(layers[:-1]),
        "a product": lambda layers: int(torch.tensor([k for k, _ in layers] or [1]).prod()),
        "multiplied by strides": lambda layers: 1 + sum((k - 1) * s for k, s in layers),
    },
    "best_discriminator": {
        "two kinds": lambda c, e, g: c / (c + g),
        "the mean of the false": lambda c, e, g: c / (c + (e + g) / 2),
        "odds": lambda c, e, g: c / (e + g),
        "for drawings": lambda c, e, g: g / (c + e + g),
        "the other way": lambda c, e, g: (e + g) / (c + e + g),
        "a half": lambda c, e, g: torch.full_like(c, 0.5),
        "a third": lambda c, e, g: torch.full_like(c, 1 / 3),
        "clamped": lambda c, e, g: (c / (c + e + g)).clamp(0.01, 0.99),
        "made to sum to 1": lambda c, e, g: (c / (c + e + g)) / (c / (c + e + g)).sum(),
        "with a small number": lambda c, e, g: (c + 1e-3) / (c + e + g + 2e-3),
    },
}
