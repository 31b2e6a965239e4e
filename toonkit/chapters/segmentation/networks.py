"""Segmentation U-Nets (segmentation_models_pytorch, as the report has them): pictures to logits of classes."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.networks.features import Features, features
from toonkit.project.errors import check_name

SQUEEZENET = "squeezenet"  # frozen: its features are the encoder, and no part of the file
LAYERS = {"conv1": 64, "fire3": 128, "fire5": 256}  # of SqueezeNet at about 1/2, 1/4, 1/8, and their channels
ENCODERS = ("timm-mobilenetv3_small_minimal_100", "resnet18", SQUEEZENET)
SCALE = 20.0  # about what SqueezeNet's features are, so that the decoder is given numbers near 1
DECODER = (64, 48, 32)  # channels at 1/4, 1/2 and the whole size
COARSE = (64, 48)  # channels at 1/4 and 1/2


class SegmentationUNet(nn.Module):
    """A U-Net whose encoder learns with it: pictures (N, 3, H, W) in [-1, 1] to logits (N, classes, H, W).

    H and W are multiples of `multiple`.
    """

    multiple = 2 ** len(DECODER)

    def __init__(self, encoder: str, classes: int) -> None:
        super().__init__()
        import segmentation_models_pytorch as smp  # half a second, which no other command should wait for

        self.network = smp.Unet(
            encoder, encoder_depth=len(DECODER), encoder_weights=None, decoder_channels=DECODER, classes=classes
        )

    def forward(self, pictures: Tensor) -> Tensor:
        return self.network(pictures).float()  # (N, classes, H, W)


class FeatureUNet(nn.Module):
    """A decoder on the features of a frozen SqueezeNet, for sources with few masks; it sees half the size.

    Pictures (N, 3, H, W) in [-1, 1] to logits (N, classes, H, W); H and W are multiples of `multiple`.
    """

    multiple = 2 ** len(DECODER)

    def __init__(self, space: Features, classes: int) -> None:
        super().__init__()
        from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder

        self._space = [space]  # in a list: it is frozen, and no part of the weights
        self.decoder = UnetDecoder(tuple(LAYERS.values()), COARSE, n_blocks=len(COARSE))
        self.last = nn.Conv2d(COARSE[-1], classes, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        half = self.last(self.decoder(self._seen(pictures))).float()  # (N, classes, H / 2, W / 2)
        return F.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False)  # (N, classes, H, W)

    def _seen(self, pictures: Tensor) -> list[Tensor]:
        """SqueezeNet's LAYERS, brought to (N, C, H / 2, W / 2), (N, C, H / 4, W / 4), (N, C, H / 8, W / 8)."""
        space = self._space[0].to(pictures.device)
        seen = []
        for number, feature in enumerate(space.several(pictures, tuple(LAYERS)), start=1):
            size = [side // 2**number for side in pictures.shape[-2:]]
            seen.append(F.interpolate(feature.float(), size, mode="bilinear", align_corners=False) / SCALE)
        return seen


def segmentation_network(encoder: str, classes: int) -> nn.Module:
    """The network of an encoder. Raises ToonkitError for an unknown one, SourceError where SqueezeNet is not here."""
    check_name("encoder", encoder, ENCODERS)
    if encoder == SQUEEZENET:
        return FeatureUNet(features(SQUEEZENET), classes)
    return SegmentationUNet(encoder, classes)
