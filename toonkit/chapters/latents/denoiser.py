"""The class-conditional denoiser: diffusers' U-Net, whose cross-attention reads the tokens of a class."""

from __future__ import annotations

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn

from toonkit.project.errors import ToonkitError

STEPS = 1000  # T
BETAS = (0.0015, 0.0195)  # first and last beta, linear in their square roots (latent diffusion's)
TOKENS = 4  # a class is said in so many tokens
GROUPS = 16  # of the norm


class Denoiser(nn.Module):
    """Predicts the noise in latents (N, C, h, w) at steps t (N,), given tokens (N, L, tokens_width).

    `tokens_of` gives a class's tokens; the number after the last class is the null class, which guidance needs. It may
    be given so many channels `beside` the latent's.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        heads: int,
        tokens_width: int,
        classes: int,
        channels: int = 4,
        layers: int = 1,
        beside: int = 0,
    ) -> None:
        super().__init__()
        check_heads(heads, widths[1:])
        halvings = len(widths) - 1
        self.classes = classes
        self.tokens_width = tokens_width
        self.embedding = nn.Embedding(classes + 1, TOKENS * tokens_width)
        self.unet = UNet2DConditionModel(
            in_channels=channels + beside,
            out_channels=channels,
            block_out_channels=widths,
            down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * halvings,  # attention from half the side on
            up_block_types=("CrossAttnUpBlock2D",) * halvings + ("UpBlock2D",),
            layers_per_block=layers,
            cross_attention_dim=tokens_width,
            attention_head_dim=heads,  # diffusers' name notwithstanding, this is the number of heads
            norm_num_groups=GROUPS,
        )
        self.unet.set_attn_processor(AttnProcessor())  # plain: of 64 places it is faster than the fused one on a CPU

    @property
    def null(self) -> int:
        """The number of the null class."""
        return self.classes

    def tokens_of(self, labels: Tensor) -> Tensor:
        """Tokens (N, TOKENS, tokens_width) of classes (N,)."""
        return self.embedding(labels).unflatten(1, (TOKENS, self.tokens_width))

    def forward(self, noisy: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
        """The noise (N, C, h, w) in noisy latents (N, C, h, w) at steps (N,), given tokens (N, L, tokens_width)."""
        return self.unet(noisy, steps, encoder_hidden_states=tokens).sample


def check_heads(heads: int, widths: tuple[int, ...]) -> None:
    """Raise ToonkitError for a number of attention heads that does not divide every width."""
    bad = [width for width in widths if heads < 1 or width % heads]
    if bad:
        raise ToonkitError(f"{heads} attention heads do not divide {bad[0]} channels; choose a divisor of {widths}")


def cross_channels(widths: tuple[int, ...]) -> tuple[int, ...]:
    """Channels of each cross-attention of a Denoiser of these widths and one layer: down, middle, and twice each up."""
    up = [width for width in reversed(widths[1:]) for _ in range(2)]
    return (*widths[1:], widths[-1], *up)


def noising() -> DDPMScheduler:
    """The forward process: z_t = alpha_t z + sigma_t eta, with T = 1000 and betas linear in their square roots."""
    return DDPMScheduler(STEPS, *BETAS, beta_schedule="scaled_linear", clip_sample=False)


def some_nulls(labels: Tensor, share: float, null: int) -> Tensor:
    """Labels (N,) of which each is replaced by the null class with probability `share` (condition dropout)."""
    dropped = torch.rand(len(labels), device=labels.device) < share  # (N,)
    return torch.where(dropped, null, labels)
