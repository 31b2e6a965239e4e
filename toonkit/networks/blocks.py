"""Blocks that several networks share."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from toonkit.project.errors import check_name

NORMS = ("instance", "batch", "none")
SPECTRAL = "spectral"  # the convolution is normed, not its features (Miyato et al., 2018)


def norm(kind: str, channels: int) -> nn.Module:
    """Instance norm with learnt scale and shift, batch norm, or nothing."""
    check_name("norm", kind, NORMS)
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=True)
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.Identity()


def convolution(
    before: int, after: int, kernel: int, stride: int, norm_kind: str, activation: nn.Module | None = None
) -> list[nn.Module]:
    """A convolution with reflection padding, (N, before, H, W) to (N, after, H / stride, W / stride), norm, ReLU.

    Another `activation` takes the ReLU's place.
    """
    layer = nn.Conv2d(before, after, kernel, stride, kernel // 2, padding_mode="reflect")
    return [layer, norm(norm_kind, after), activation or nn.ReLU(True)]


def leaky_convolution(
    before: int, after: int, kernel: int, stride: int, norm_kind: str, slope: float = 0.2
) -> list[nn.Module]:
    """A discriminator's convolution, (N, before, H, W) to (N, after, H / stride, W / stride), norm, LeakyReLU.

    With SPECTRAL the convolution's largest singular value is 1, and there is no norm of features.
    """
    layer = nn.Conv2d(before, after, kernel, stride, kernel // 2)
    if norm_kind == SPECTRAL:
        return [spectral_norm(layer), nn.LeakyReLU(slope, True)]
    return [layer, norm(norm_kind, after), nn.LeakyReLU(slope, True)]


class ResidualBlock(nn.Module):
    """x + two 3x3 convolutions with norm, reflection padding, no activation after the sum (Johnson et al., 2016)."""

    def __init__(self, channels: int, norm_kind: str = "instance") -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            norm(norm_kind, channels),
            nn.ReLU(True),
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            norm(norm_kind, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def normal_init(network: nn.Module, deviation: float = 0.02) -> nn.Module:
    """Weights of convolutions from N(0, deviation), biases 0: the CartoonGAN and CycleGAN authors' initialisation."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, deviation)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network
