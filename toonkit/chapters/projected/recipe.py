"""The projected recipe: true and drawn are told apart by what a frozen network sees; drawings keep what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.projected.losses import attribute_reading
from toonkit.losses.adversarial import discriminator_hinge, generator_hinge
from toonkit.losses.content import patch_colour
from toonkit.networks.features import Features
from toonkit.networks.projected import LOUDNESS, SQUEEZENET, ProjectedDiscriminator
from toonkit.networks.toonnet import READS_AT, ToonNet, at_reading_size
from toonkit.networks.unet import UNetGenerator
from toonkit.project.errors import ToonkitError, check_name
from toonkit.training.controls import Controlled
from toonkit.training.recipe import Batch, Term

CONTROLS = ("adversarial", "attributes", "colour")
TARGETS = {"photo": "toon", "toon": "photo"}  # what is translated, and into what
CLOSE = 2  # so many stages also see a picture larger than toonnet reads
GENERATOR = "generator of projected"  # as weights files name it
SEEN_BY = ("toonnet", "squeezenet")


@dataclass(frozen=True)
class ProjectedConfig:
    """Every number of the recipe; where it comes from beside it ("ours": found on validation scenes)."""

    source: str = "photo"  # what is translated: photo -> cartoon, or toon -> photograph
    family: str = "faces"  # of ToonWorld, whose attributes a drawing keeps
    style: str = "ink"  # of its cartoons
    filters: int = 16  # ours; CartoonGAN 64
    blocks: int = 4  # White-box cartoonisation's; CartoonGAN 8
    downs: int = 2  # halvings; a picture twice as large needs one more to see as far
    norm: str = "group"  # Wu and He (2018)
    frozen: str = "toonnet"  # Projected GAN: EfficientNet-lite of ImageNet
    head_filters: int = 32  # ours
    pixel_filters: int = 16  # ours, 0 for none; Projected GAN has no head on pixels
    close: str = "toonnet"  # ours: whose features of a picture larger than toonnet reads are seen, or "squeezenet"
    start: str = ""  # ours: released weights from which the generator goes on; none for new ones
    reverse: str = ""  # ours: released weights that translate the other way, for back-translation; none for none
    fine_stride: int = 2  # ours: by how much the heads on pixels and on stages 1 and 2 shrink first, to save time
    adversarial: float = 1.0  # Projected GAN's
    attributes: float = 1.0  # ours
    colour: float = 5.0  # ours
    back_translation: float = 0.0  # the error of a target that `reverse` translated and this one back; CycleGAN 10
    patch: int = 8  # ours: pixels a side over which colours are averaged
    tolerance: float = 0.1  # ours: about what true cartoons differ by from the colours wanted of them
    recolour: bool = True  # ours: the colours wanted are the source's in the palette of the other side
    controlled: bool = False  # ours: the three weights are drawn in every step, and given to the generator
    rate: float = 4e-4  # ours; Projected GAN 2e-4 at batch 64
    decay: float = 0.3  # ours: the last share of the steps, over which rates fall linearly to 0
    batch: int = 8  # CartoonGAN's
    size: int = 64  # pixels, a multiple of 64: a larger picture is read at 64, as toonnet learnt

    def __post_init__(self) -> None:
        check_name("source", self.source, tuple(TARGETS))
        if check_name("close", self.close, SEEN_BY) != "toonnet" and self.size <= READS_AT:
            raise ToonkitError(f"close {self.close!r} looks at pictures above {READS_AT} pixels; size is {self.size}")
        if bool(self.reverse) != (self.back_translation > 0):
            weight = f"back_translation {self.back_translation:g}"
            raise ToonkitError(
                f"{weight} and reverse {self.reverse!r} need each other: a weight above 0, and a network"
            )

    @property
    def target(self) -> str:
        """What the source is translated into."""
        return TARGETS[self.source]


def build(config: ProjectedConfig) -> dict[str, nn.Module]:
    """The generator; heads on four stages of toonnet, on what is seen close of a large picture, and on the pixels."""
    widths = ToonNet().widths
    strides = [config.fine_stride, config.fine_stride, 1, 1]
    if config.size > READS_AT and config.close == "toonnet":
        widths, strides = (*widths, *widths[:CLOSE]), [*strides, *[config.fine_stride] * CLOSE]
    elif config.size > READS_AT:
        widths, strides = (*widths, *SQUEEZENET.values()), [*strides, *[1] * len(SQUEEZENET)]
    narrow = config.head_filters
    filters = [2 * narrow if width > 2 * narrow else narrow for width in widths]
    if config.pixel_filters:
        widths, filters, strides = (*widths, 3), [*filters, config.pixel_filters], [*strides, config.fine_stride]
    return {
        "generator": UNetGenerator(
            config.filters, config.blocks, config.norm, config.downs, len(CONTROLS) if config.controlled else 0
        ),
        "discriminator": ProjectedDiscriminator(widths, filters, strides),
    }


class Projected(Controlled):
    """The batch: photo, toon (N, 3, H, W), and of the source its `reading` (N, values) and `colour` (N, 3, h, w).

    With back-translation also `reverse` (N, 3, H, W), the target as the network of the other way translates it.
    """

    name = "projected"
    released = ("generator",)
    controls = CONTROLS

    def __init__(self, reader: ToonNet, config: ProjectedConfig | None = None, close: Features | None = None) -> None:
        """`close` is SqueezeNet where the configuration names it, none where toonnet's own stages look close."""
        self.config = config or ProjectedConfig()
        self.reader = reader.to(memory_format=torch.channels_last)
        self.close = close
        self.frozen = (reader, close) if close else (reader,)
        self.networks = build(self.config)
        if self.config.controlled:  # the explorer asks the discriminator what it thinks of a setting
            self.released = tuple(self.networks)
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), self.config.rate, betas=(0.0, 0.99))
            for name, network in self.networks.items()
        }
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        discriminator = self.networks["discriminator"]
        drawn = self.draw(batch[self.config.source], self.factors)  # (N, 3, H, W)
        seen = self.see(drawn)  # once for both updates
        yield "discriminator", {"discriminator": lambda: self._discriminator_loss(batch, seen)}
        discriminator.requires_grad_(False)  # the generator's gradient passes through it and leaves none in it
        yield (
            "generator",
            {
                "adversarial": lambda: generator_hinge(discriminator(seen)),
                "attributes": lambda: self._reading(seen, batch["reading"]),
                "colour": lambda: patch_colour(drawn, batch["colour"], self.config.patch, self.config.tolerance),
                **({"back_translation": lambda: self._back_translation(batch)} if self.config.reverse else {}),
            },
        )
        discriminator.requires_grad_(True)

    def weights(self, progress: float) -> dict[str, float]:
        names = (*CONTROLS, "back_translation") if self.config.reverse else CONTROLS
        return {"discriminator": 1.0} | {name: getattr(self.config, name) * self.factor(name) for name in names}

    def rates(self, progress: float) -> dict[str, float]:
        return dict.fromkeys(self.optimisers, self.config.rate * min(1.0, (1 - progress) / self.config.decay))

    def translate(self, picture: Tensor, factors: Mapping[str, float] | None = None) -> Tensor:
        """Pictures of the one side to pictures of the other, (N, 3, H, W)."""
        return self.draw(picture, factors)

    def see(self, pictures: Tensor) -> list[Tensor]:
        """What the heads look at, of pictures (N, 3, H, W): features (N, width, h, w) of each stage, and the pixels.

        A picture larger than toonnet reads is shown to it whole, shrunk, and its first stages, or SqueezeNet's layers,
        see it as it is too: the shrunk one says who is drawn, the other one how its lines are.
        """
        stages = self.reader.stage_features(at_reading_size(pictures))
        if pictures.shape[-1] > READS_AT and self.close:
            stages += [layer / LOUDNESS for layer in self.close.several(pictures, tuple(SQUEEZENET))]
        elif pictures.shape[-1] > READS_AT:
            close = pictures
            for stage in self.reader.stages[:CLOSE]:
                close = stage(close)  # (N, width, H, W), (N, width, H/2, W/2)
                stages.append(close)
        return [*stages, pictures] if self.config.pixel_filters else stages

    def _discriminator_loss(self, batch: Batch, seen: list[Tensor]) -> Tensor:
        discriminator = self.networks["discriminator"]
        with torch.no_grad():
            truth = self.see(batch[self.config.target])
        return discriminator_hinge(discriminator(truth), discriminator([feature.detach() for feature in seen]))

    def _back_translation(self, batch: Batch) -> Tensor:
        """The mean absolute error of targets that were translated and are translated back."""
        return F.l1_loss(self.draw(batch["reverse"], self.factors), batch[self.config.target])

    def _reading(self, seen: list[Tensor], wanted: Tensor) -> Tensor:
        last = seen[len(self.reader.stages) - 1]  # (N, width, H / 8, W / 8)
        pooled = torch.cat([last.mean((2, 3)), last.amax((2, 3))], 1)  # (N, 2 width)
        found = self.reader.attributes(pooled).float()  # (N, all values)
        return attribute_reading(found, wanted, self.reader.labels, self.config.family)
