"""CycleGAN's networks (Zhu et al., 2017), which Cartoon to human recovery builds of down, up and residual blocks."""

from __future__ import annotations

from torch import Tensor, nn

from toonkit.networks.blocks import ResidualBlock, norm, normal_init
from toonkit.project.errors import ToonkitError


def down_block(before: int, after: int, norm_kind: str = "instance") -> nn.Sequential:
    """Half the width and height: a strided 3x3 convolution, norm, ReLU (the report's figure 1)."""
    return nn.Sequential(nn.Conv2d(before, after, 3, 2, 1), norm(norm_kind, after), nn.ReLU(True))


def up_block(before: int, after: int, norm_kind: str = "instance") -> nn.Sequential:
    """Twice the width and height: a strided transposed 3x3 convolution, norm, ReLU."""
    convolution = nn.ConvTranspose2d(before, after, 3, 2, 1, output_padding=1)
    return nn.Sequential(convolution, norm(norm_kind, after), nn.ReLU(True))


class ResnetGenerator(nn.Module):
    """Convolution 7x7, down blocks, residual blocks, as many up blocks, convolution 7x7, tanh (figure 3).

    Pictures (N, 3, H, W) in [-1, 1] to the same; H and W multiples of 2^downs. CycleGAN: 64 filters, 9 blocks, 2 downs
    at 256 px.
    """

    reach = None  # instance norm looks at the whole picture

    def __init__(self, filters: int = 64, blocks: int = 9, downs: int = 2, norm_kind: str = "instance") -> None:
        super().__init__()
        f, self.multiple = filters, 2**downs
        wide = {"padding": 3, "padding_mode": "reflect"}
        self.layers = nn.Sequential(
            nn.Sequential(nn.Conv2d(3, f, 7, **wide), norm(norm_kind, f), nn.ReLU(True)),
            *(down_block(f * 2**k, f * 2 ** (k + 1), norm_kind) for k in range(downs)),
            *(ResidualBlock(f * self.multiple, norm_kind) for _ in range(blocks)),
            *(up_block(f * 2 ** (k + 1), f * 2**k, norm_kind) for k in reversed(range(downs))),
            nn.Sequential(nn.Conv2d(f, 3, 7, **wide), nn.Tanh()),
        )
        normal_init(self)

    def forward(self, picture: Tensor) -> Tensor:
        if any(side % self.multiple for side in picture.shape[2:]):
            sides = tuple(picture.shape[2:])
            raise ToonkitError(f"sides must be multiples of {self.multiple}, not {sides}; crop or pad the picture")
        return self.layers(picture)  # (N, 3, H, W)


class Discriminator(nn.Module):
    """`lower` layers, which end in the report's middle layer f_D, then `upper` ones: a logit a patch, (N, 1, h, w)."""

    def __init__(self, lower: nn.Sequential, upper: nn.Sequential) -> None:
        super().__init__()
        self.lower, self.upper = lower, upper
        normal_init(self)

    def forward(self, picture: Tensor) -> Tensor:
        features = self.lower(picture)  # (N, 4 filters, about H / 8, about W / 8)
        return self.upper(features)  # (N, 1, h, w)


class PatchDiscriminator(Discriminator):
    """The report's discriminator 1 (figure 4): CycleGAN's PatchGAN; each logit sees 70 x 70 pixels."""

    def __init__(self, filters: int = 64, norm_kind: str = "instance") -> None:
        f = filters
        upper = nn.Sequential(*_discriminating(4 * f, 8 * f, 1, norm_kind), nn.Conv2d(8 * f, 1, 4, 1, 1))
        lower = (
            *_discriminating(3, f, 2, "none"),
            *_discriminating(f, 2 * f, 2, norm_kind),
            *_discriminating(2 * f, 4 * f, 2, norm_kind),
        )
        super().__init__(nn.Sequential(*lower), upper)


class ResidualDiscriminator(Discriminator):
    """Discriminator 2 (figure 5): as many filters and strides as the first, in blocks with skip connections."""

    def __init__(self, filters: int = 64, norm_kind: str = "instance") -> None:
        f = filters
        lower = (ResidualDown(f, 2 * f, norm_kind), ResidualDown(2 * f, 4 * f, norm_kind))
        upper = (*_discriminating(4 * f, 8 * f, 1, norm_kind), nn.Conv2d(8 * f, 1, 4, 1, 1))
        super().__init__(nn.Sequential(*_discriminating(3, f, 2, "none"), *lower), nn.Sequential(*upper))


class ResidualDown(nn.Module):
    """(skip + two convolutions) / sqrt(2), at half the width and height (Karras et al., 2020)."""

    def __init__(self, before: int, after: int, norm_kind: str = "instance") -> None:
        super().__init__()
        first = nn.Conv2d(before, before, 3, 1, 1), norm(norm_kind, before), nn.LeakyReLU(0.2, True)
        self.body = nn.Sequential(*first, *_discriminating(before, after, 2, norm_kind))
        self.skip = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        return (self.skip(x) + self.body(x)) * 0.5**0.5  # (N, after, H / 2, W / 2)


def _discriminating(before: int, after: int, stride: int, norm_kind: str) -> tuple[nn.Module, ...]:
    return nn.Conv2d(before, after, 4, stride, 1), norm(norm_kind, after), nn.LeakyReLU(0.2, True)
