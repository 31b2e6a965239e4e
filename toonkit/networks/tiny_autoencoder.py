"""A tiny autoencoder: a picture as 32 numbers for every 8x8 pixels, and back (taef2, for FLUX.2's latent space).

The architecture is that of madebyollin/taesd. Diffusers' `AutoencoderTiny` is the same but for the blocks that see the
whole picture, which it has not.
"""

from __future__ import annotations

from torch import Tensor, nn

from toonkit.networks.official import load_official
from toonkit.networks.weights import load_into
from toonkit.project.errors import PictureError

CODE = 32  # numbers of the code at each place
FACTOR = 8  # pixels a side for each place of the code
WIDTH = 64
GROUPS = 4  # of the norm
REACH = 3  # codes are squeezed into -REACH to REACH before they are drawn


class Block(nn.Module):
    """Three convolutions beside the identity. A `wide` one first adds what a norm over the whole picture says."""

    def __init__(self, wide: bool = False) -> None:
        super().__init__()
        self.conv = nn.Sequential(_conv(WIDTH), nn.ReLU(), _conv(WIDTH), nn.ReLU(), _conv(WIDTH))
        self.pool = _pool() if wide else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, WIDTH, h, w) to the same."""
        if self.pool is not None:
            x = x + self.pool(x)
        return (self.conv(x) + x).relu()


class Squeeze(nn.Module):
    """Codes of any size into -REACH to REACH."""

    def forward(self, code: Tensor) -> Tensor:
        return (code / REACH).tanh() * REACH


class TinyAutoencoder(nn.Module):
    """Pictures (N, 3, H, W) in [-1, 1] to codes (N, CODE, H / 8, W / 8) and back. H and W are multiples of 8."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, WIDTH, 3, padding=1),
            Block(),
            *_halved(),  # (N, WIDTH, H / 2, W / 2)
            *_halved(),
            *_halved(wide=True),  # (N, WIDTH, H / 8, W / 8)
            nn.Conv2d(WIDTH, CODE, 3, padding=1),
        )
        self.decoder = nn.Sequential(
            Squeeze(),
            nn.Conv2d(CODE, WIDTH, 3, padding=1),
            nn.ReLU(),
            *_doubled(wide=True),  # (N, WIDTH, H / 4, W / 4)
            *_doubled(),
            *_doubled(),  # (N, WIDTH, H, W)
            Block(),
            nn.Conv2d(WIDTH, 3, 3, padding=1),
        )

    def encode(self, pictures: Tensor) -> Tensor:
        """Codes (N, CODE, H / 8, W / 8). Raises PictureError where a side is no multiple of 8."""
        height, width = pictures.shape[-2:]
        if height % FACTOR or width % FACTOR:
            raise PictureError(f"a picture of {width}x{height} pixels has no code; both must be multiples of {FACTOR}")
        return self.encoder((pictures + 1) / 2)

    def decode(self, codes: Tensor) -> Tensor:
        """Pictures (N, 3, H, W), cut off at -1 and 1."""
        return (self.decoder(codes) * 2 - 1).clamp(-1, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Encode and decode."""
        return self.decode(self.encode(pictures))


def taef2() -> TinyAutoencoder:
    """The published autoencoder, frozen, in float32: MIT licence, Ollin Boer Bohan, 5.4 MB.

    Raises SourceError where the source `taef2` is not on this machine.
    """
    network = TinyAutoencoder()
    for part in ("encoder", "decoder"):
        name = f"taef2_{part}.pth"
        load_into(getattr(network, part), load_official("taef2", name), name)
    return network.eval().requires_grad_(False)


def _halved(wide: bool = False) -> list[nn.Module]:
    return [_conv(WIDTH, stride=2, bias=False), *(Block(wide) for _ in range(3))]


def _doubled(wide: bool = False) -> list[nn.Module]:
    return [*(Block(wide) for _ in range(3)), nn.Upsample(scale_factor=2), _conv(WIDTH, bias=False)]


def _conv(width: int, stride: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(width, width, 3, stride, padding=1, bias=bias)


def _pool() -> nn.Sequential:
    wide = 4 * WIDTH
    return nn.Sequential(
        nn.Conv2d(WIDTH, wide, 1, bias=False),
        nn.GroupNorm(GROUPS, wide),
        nn.ReLU(),
        nn.Conv2d(wide, WIDTH, 1, bias=False),
    )
