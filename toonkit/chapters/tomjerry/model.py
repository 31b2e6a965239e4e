"""The frozen latent diffusion model with the parts that learn put in: a denoiser that is told a cartoon."""

from __future__ import annotations

import copy

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from toonkit.chapters.latents.denoiser import TOKENS, Denoiser
from toonkit.chapters.tomjerry.networks import ConcatParts, SourceParts


class SourceDenoiser(nn.Module):
    """Predicts the noise in latents, given a cartoon and its class: the frozen denoiser with `parts` put in.

    The denoiser that is given stays as it is; a copy of it is changed. ConcatParts bring a denoiser of their own.
    """

    def __init__(self, denoiser: Denoiser, parts: SourceParts | ConcatParts) -> None:
        super().__init__()
        self.parts = parts
        if isinstance(parts, ConcatParts):
            self.denoiser = parts.denoiser
        else:
            self.denoiser = copy.deepcopy(denoiser).requires_grad_(False)
            for block, cross in zip(transformer_blocks(self.denoiser.unet), parts.cross, strict=True):
                block.attn2 = cross
        parts.requires_grad_(True)

    def tokens_of(self, labels: Tensor, source: Tensor, kept: Tensor | None = None) -> Tensor:
        """What cross-attention reads, (N, L, width), of classes (N,) and sources (N, C, H, W).

        With the query from the latent these are the class's tokens and then the source's; with the query from the
        source there is one for each place of the source, to which the class is added. Where `kept` (N,) is False the
        class is the null class and the source is replaced by the token for none.
        """
        told = self.parts.phi(source)  # (N, places, width)
        if kept is not None:
            labels = torch.where(kept, labels, self.denoiser.null)
            told = torch.where(kept[:, None, None], told, self.parts.nothing)
        classes = self.denoiser.tokens_of(labels).to(told)  # (N, TOKENS, width)
        if self.parts.query == "source":
            return told + classes.mean(1, keepdim=True)
        return torch.cat([classes, told], 1)

    def null_tokens(self, labels: Tensor, source: Tensor) -> Tensor:
        """The tokens that say nothing, of the same shape."""
        return self.tokens_of(labels, source, torch.zeros(len(labels), dtype=torch.bool, device=labels.device))

    def forward(self, noisy: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
        """The noise (N, C, h, w) in noisy latents (N, C, h, w) at steps (N,), given tokens (N, L, width)."""
        if isinstance(self.parts, ConcatParts):
            told = tokens[:, TOKENS:].transpose(1, 2).unflatten(2, noisy.shape[-2:])  # (N, width, h, w)
            noisy, tokens = torch.cat([noisy, told], 1), tokens[:, :TOKENS]
        return self.denoiser(noisy, steps, tokens)


def transformer_blocks(unet: UNet2DConditionModel) -> list[nn.Module]:
    """The blocks with cross-attention (`attn2`), from the first to the last that data flows through."""
    stages = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
    transformers = [one for stage in stages for one in getattr(stage, "attentions", ())]
    return [block for transformer in transformers for block in transformer.transformer_blocks]


def take_over(parts: SourceParts | ConcatParts, denoiser: Denoiser) -> None:
    """Start from the frozen network's own weights; with the query from the source cross-attention starts anew."""
    if isinstance(parts, ConcatParts):
        known, mine = denoiser.state_dict(), parts.denoiser.unet.conv_in.weight
        first = torch.zeros_like(mine)  # what lies beside the latent counts for nothing at first
        first[:, : denoiser.unet.conv_in.in_channels] = known["unet.conv_in.weight"]
        parts.denoiser.load_state_dict(known | {"unet.conv_in.weight": first})
    elif parts.query == "latent":
        for block, cross in zip(transformer_blocks(denoiser.unet), parts.cross, strict=True):
            cross.load_state_dict(block.attn2.state_dict())
