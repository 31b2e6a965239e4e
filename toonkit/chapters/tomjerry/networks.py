"""What learns in "Tom and Jerry in real life": the encoder phi of the cartoon, and cross-attention in both readings."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention, AttnProcessor
from torch import Tensor, nn

from toonkit.chapters.latents.denoiser import Denoiser
from toonkit.chapters.latents.networks import FACTOR, NormedResidual
from toonkit.project.errors import ToonkitError, check_name

PATCH = 8  # pixels a side for each token of phi
GROUPS = 8  # of the norm
MEANINGS = ("number", "channels")  # what "heads" counts: attention heads, or the channels of each
CONDITIONINGS = ("attention", "concat")  # by cross-attention alone; by a map beside the latent
QUERIES = ("latent", "source")  # where eq. 5 takes its query from


class CartoonEncoder(nn.Module):
    """phi: sources (N, channels, H, W) to tokens, row by row, each with its place added.

    One for each `patch` x `patch` pixels (4, 8, 16, ...): (N, H / patch * W / patch, width). Raises ToonkitError for a
    patch that is no power of two, or below 4.
    """

    def __init__(self, channels: int, width: int, filters: int = 32, patch: int = PATCH) -> None:
        super().__init__()
        if patch < 4 or patch & (patch - 1):
            raise ToonkitError(f"a token of {patch} pixels a side is none of 4, 8, 16, ...; choose one of these")
        self.body = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(filters, width, 3, stride=2, padding=1),
            nn.GroupNorm(GROUPS, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, stride=min(patch // 4, 2), padding=1),  # (N, width, H / 8, W / 8), or / 4
            *(_halving(width) for _ in range(int(math.log2(patch)) - 3)),  # (N, width, H / patch, W / patch)
            NormedResidual(width),
        )

    def forward(self, source: Tensor) -> Tensor:
        grid = self.body(source)  # (N, width, h, w)
        return (grid + places(*grid.shape[1:]).to(grid)).flatten(2).transpose(1, 2)  # (N, h w, width)


def _halving(width: int) -> nn.Module:
    """(N, width, H, W) -> (N, width, H / 2, W / 2)."""
    return nn.Sequential(nn.GroupNorm(GROUPS, width), nn.SiLU(), nn.Conv2d(width, width, 3, stride=2, padding=1))


def places(width: int, height: int, breadth: int) -> Tensor:
    """Sines and cosines of row and column, (1, width, height, breadth), by which attention tells places apart."""
    rates = torch.exp(-math.log(100) * torch.arange(width // 4) / (width // 4))  # (width / 4,)
    rows = torch.arange(height)[:, None] * rates  # (height, width / 4)
    columns = torch.arange(breadth)[:, None] * rates  # (breadth, width / 4)
    up_down = torch.cat([rows.sin(), rows.cos()], 1).T[:, :, None].expand(-1, -1, breadth)
    left_right = torch.cat([columns.sin(), columns.cos()], 1).T[:, None].expand(-1, height, -1)
    return torch.cat([up_down, left_right])[None]


class SourceQuery(Attention):
    """Eq. 5 as printed: the query from the source, key and value from the latent.

    Softmax weights say which places of the latent a place of the source gathers, so the source itself reaches the
    result through those weights alone. The output layer starts at 0: at first the frozen network is undisturbed.
    """

    def __init__(self, channels: int, width: int, heads: int) -> None:
        super().__init__(
            query_dim=width, cross_attention_dim=channels, heads=heads, dim_head=channels // heads, out_dim=channels
        )
        self.set_processor(AttnProcessor())
        nn.init.zeros_(self.to_out[0].weight)
        nn.init.zeros_(self.to_out[0].bias)

    def forward(self, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None, **_: Any) -> Tensor:
        """Latents (N, h w, channels) and the source's tokens (N, L, width), both of squares: (N, h w, channels)."""
        query = resized_tokens(encoder_hidden_states, hidden_states.shape[1])  # (N, h w, width)
        return super().forward(query, encoder_hidden_states=hidden_states)


class PlacedQuery(Attention):
    """Latent diffusion's cross-attention, whose query is told its own place: what it asks may hang on where it is."""

    def forward(self, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None, **_: Any) -> Tensor:
        """Latents (N, h w, channels) of squares and tokens (N, L, width): (N, h w, channels)."""
        side = math.isqrt(hidden_states.shape[1])
        where = places(hidden_states.shape[2], side, side).to(hidden_states).flatten(2).transpose(1, 2)  # (1, h w, C)
        return super().forward(hidden_states + where, encoder_hidden_states=encoder_hidden_states)


def latent_query(channels: int, width: int, heads: int, placed: bool = False) -> Attention:
    """Latent diffusion's cross-attention: the query from the latent, key and value from the source."""
    kind = PlacedQuery if placed else Attention
    made = kind(query_dim=channels, cross_attention_dim=width, heads=heads, dim_head=channels // heads)
    made.set_processor(AttnProcessor())
    return made


def resized_tokens(tokens: Tensor, count: int) -> Tensor:
    """Tokens (N, L, width) of a square grid as (N, count, width) of another square grid, bilinear."""
    side, wanted = math.isqrt(tokens.shape[1]), math.isqrt(count)
    if side == wanted:
        return tokens
    grid = tokens.transpose(1, 2).unflatten(2, (side, side))  # (N, width, side, side)
    return F.interpolate(grid, (wanted, wanted), mode="bilinear").flatten(2).transpose(1, 2)


def head_count(heads: int, meaning: str, channels: int) -> int:
    """The number of attention heads of a layer of `channels`, for either meaning of `heads`.

    Raises ToonkitError where it does not divide the channels.
    """
    check_name("meaning of heads", meaning, MEANINGS)
    if heads < 1 or channels % heads:
        what = "attention heads do" if meaning == "number" else "channels a head do"
        raise ToonkitError(f"{heads} {what} not divide {channels} channels; choose a divisor of {channels}")
    return heads if meaning == "number" else channels // heads


class SourceParts(nn.Module):
    """All that learns: phi, a token for "no source", and one cross-attention for each of the frozen network's."""

    def __init__(
        self,
        channels: tuple[int, ...],
        phi: CartoonEncoder,
        width: int,
        heads: int,
        meaning: str,
        query: str,
        placed: bool = False,
    ) -> None:
        super().__init__()
        check_name("query", query, QUERIES)
        if placed and query == "source":
            raise ToonkitError("a query from the source has its place already; placed needs query='latent'")
        self.query = query
        self.phi = phi
        self.nothing = nn.Parameter(torch.zeros(1, 1, width))
        make = partial(latent_query, placed=placed) if query == "latent" else SourceQuery
        self.cross = nn.ModuleList(make(count, width, head_count(heads, meaning, count)) for count in channels)


class ConcatParts(nn.Module):
    """All that learns where phi's map is laid beside the noisy latent: phi, a map of "no source", the whole denoiser.

    Latent diffusion's way for sources that lie on the picture, as a segmentation map does.
    """

    query = "latent"

    def __init__(self, source: int, width: int, denoiser: Denoiser, factor: int = FACTOR) -> None:
        super().__init__()
        self.phi = CartoonEncoder(source, width, patch=factor)
        self.nothing = nn.Parameter(torch.zeros(1, 1, width))
        self.denoiser = denoiser
