"""Flat colours under thin lines: a picture with as few steps as may be, and the lines of what is left."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from toonkit.filters.checks import check_pictures, check_positive
from toonkit.filters.lines import line_response

PHOTO_AND_FLAT = "photo_and_flat"  # the input of a network that is given what `with_flat` makes
MARGIN = 8  # pixels reflected at each border, because the Fourier transform joins left to right
STIFFEST = 1e5  # where the rounds end (Xu et al., section 3)


@torch.no_grad()
def l0_smoothing(pictures: Tensor, strength: float = 0.02, growth: float = 2.0) -> Tensor:
    """Pictures (N, C, H, W) in [-1, 1] with as few steps between neighbours as `strength` asks for; the same shape.

    Small steps vanish, large ones stay sharp, and no halo is left. Raises ToonkitError for bad pictures or values.
    Source: Xu, Lu, Xu, Jia, "Image smoothing via L0 gradient minimization", 2011, algorithm 1 (strength 0.02, growth 2
    there, on pictures in [0, 1], as inside here).
    """
    check_positive(strength=strength, growth=growth)
    check_pictures(pictures, (1, 3))
    margins = [min(MARGIN, side - 1) for side in pictures.shape[-2:]]
    whole = pad(pictures / 2 + 0.5, (margins[1], margins[1], margins[0], margins[0]), mode="reflect")
    height, width = whole.shape[-2:]
    start = torch.fft.rfft2(whole)  # (N, C, height, width / 2 + 1)
    energy = _energy(height, width, whole)
    smooth, stiffness = whole, 2 * strength
    while stiffness < STIFFEST:
        source = _large_steps(smooth, strength / stiffness)  # (N, C, height, width)
        spectrum = (start + stiffness * torch.fft.rfft2(source)) / (1 + stiffness * energy)
        smooth = torch.fft.irfft2(spectrum, s=(height, width))
        stiffness *= growth
    inner = smooth[..., margins[0] : height - margins[0], margins[1] : width - margins[1]]
    return inner.clamp(0, 1) * 2 - 1


def _energy(height: int, width: int, like: Tensor) -> Tensor:
    """The squared gain of both differences at each frequency, (height, width / 2 + 1)."""
    across = 2 - 2 * torch.cos(2 * torch.pi * torch.fft.rfftfreq(width, device=like.device))
    down = 2 - 2 * torch.cos(2 * torch.pi * torch.fft.fftfreq(height, device=like.device))
    return across + down[:, None]


def _large_steps(picture: Tensor, least: float) -> Tensor:
    """The divergence of a picture's steps (N, C, H, W), without those whose square over channels is below `least`."""
    across = picture.roll(-1, -1) - picture
    down = picture.roll(-1, -2) - picture
    small = (across.square() + down.square()).sum(1, keepdim=True) < least  # (N, 1, H, W)
    across, down = across.masked_fill(small, 0), down.masked_fill(small, 0)
    return across.roll(1, -1) - across + down.roll(1, -2) - down


@torch.no_grad()
def flat_cartoon(
    pictures: Tensor, strength: float = 0.02, ink: float = 0.9, low: float = 0.6, high: float = 0.95
) -> Tensor:
    """Flat areas of the photograph's colours under thin darker lines: (N, 3, H, W) in [-1, 1] to the same.

    Lines are the flow-based DoG of the smoothed picture: full where the response is below `low`, gone above `high`;
    they take away the share `ink` of the light, so a line keeps the hue of what it bounds. Ours, of two known parts.
    """
    smooth = l0_smoothing(pictures, strength)
    paper = line_response(smooth, sigma_c=0.8, sigma_m=3.0, tau=0.8, passes=1)  # (N, 1, H, W), 0 is the strongest line
    fade = ((paper - low) / (high - low)).clamp(0, 1)
    kept = 1 - ink * (1 - fade * fade * (3 - 2 * fade))  # (N, 1, H, W), the share of the light
    return (smooth + 1) * kept - 1


def with_flat(pictures: Tensor, strength: float) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1] with their flat abstraction beside them, (N, 6, H, W)."""
    return torch.cat([pictures, flat_cartoon(pictures, strength)], 1)
