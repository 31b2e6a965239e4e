"""CartoonGAN's networks (Chen et al., 2018) as Image Toonification uses them: instance norm in place of batch norm."""

from __future__ import annotations

from torch import Tensor, nn

from toonkit.networks.blocks import SPECTRAL, ResidualBlock, convolution, leaky_convolution, normal_init


class CartoonGenerator(nn.Module):
    """Convolution 7x7, two downsampling steps, residual blocks, two upsampling steps, convolution 7x7, tanh.

    Pictures (N, 3, H, W) in [-1, 1] to the same; H and W multiples of 4. The report: 64 filters, 8 blocks.
    """

    multiple = 4

    def __init__(self, filters: int = 64, blocks: int = 8, norm_kind: str = "instance") -> None:
        super().__init__()
        f = filters
        # a block's two convolutions see 8 pixels to each side, all the others 12; instance norm sees the whole picture
        self.reach = None if norm_kind == "instance" else 16 + 8 * blocks
        self.encoder = nn.Sequential(
            *convolution(3, f, 7, 1, norm_kind),
            *convolution(f, 2 * f, 3, 2, norm_kind),
            *convolution(2 * f, 4 * f, 3, 2, norm_kind),
        )
        self.blocks = nn.Sequential(*(ResidualBlock(4 * f, norm_kind) for _ in range(blocks)))
        self.decoder = nn.Sequential(  # there: transposed convolutions, which leave a checkerboard (Odena et al., 2016)
            nn.Upsample(scale_factor=2),
            *convolution(4 * f, 2 * f, 3, 1, norm_kind),
            nn.Upsample(scale_factor=2),
            *convolution(2 * f, f, 3, 1, norm_kind),
            nn.Conv2d(f, 3, 7, padding=3, padding_mode="reflect"),
            nn.Tanh(),
        )
        normal_init(self)

    def forward(self, photo: Tensor) -> Tensor:
        features = self.encoder(photo)  # (N, 4 filters, H / 4, W / 4)
        latent = self.blocks(features)  # (N, 4 filters, H / 4, W / 4): the report's output of the 8th residual block
        return self.decoder(latent)  # (N, 3, H, W)


class CartoonDiscriminator(nn.Module):
    """Convolutions only: one flat, then pairs of a strided and a flat one; a logit per patch, (N, 1, H / 4, W / 4).

    The report: 32 filters and a sigmoid, which is inside our losses. `norm_kind` may also be "spectral": no norm of
    features, but of each convolution but the last, whose largest singular value becomes 1 (Miyato et al., 2018).
    """

    def __init__(self, filters: int = 32, norm_kind: str = "instance") -> None:
        super().__init__()
        f = filters
        self.layers = nn.Sequential(
            *_leaky(3, f, 1, norm_kind, normed=False),
            *_leaky(f, 2 * f, 2, norm_kind, normed=False),
            *_leaky(2 * f, 4 * f, 1, norm_kind),
            *_leaky(4 * f, 4 * f, 2, norm_kind, normed=False),
            *_leaky(4 * f, 8 * f, 1, norm_kind),
            *_leaky(8 * f, 8 * f, 1, norm_kind),
            nn.Conv2d(8 * f, 1, 3, 1, 1),
        )
        normal_init(self)

    def forward(self, picture: Tensor) -> Tensor:
        return self.layers(picture)  # (N, 1, H / 4, W / 4)


def _leaky(before: int, after: int, stride: int, norm_kind: str, normed: bool = True) -> list[nn.Module]:
    """Not every convolution's features are normed, but every convolution itself may be."""
    kind = norm_kind if normed or norm_kind == SPECTRAL else "none"
    return leaky_convolution(before, after, 3, stride, kind)
