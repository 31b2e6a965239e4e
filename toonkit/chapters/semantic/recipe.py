"""The recipe of "Semantic-aware Cartoon Style Transfer": eq. 1, with white-box cartoonisation's discriminators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.semantic.building import build
from toonkit.chapters.semantic.config import CONTROLS, WEIGHTS, SemanticConfig
from toonkit.chapters.semantic.losses import fooled_loss, semantic_loss, superpixels
from toonkit.chapters.semantic.views import TextureView, half_size, probabilities
from toonkit.filters import guided_filter
from toonkit.filters.colour import shift_weights
from toonkit.filters.flat import with_flat
from toonkit.losses.adversarial import discriminator_loss
from toonkit.losses.content import colour_loss, feature_distance
from toonkit.losses.flatness import step_distance, unrest
from toonkit.losses.regions import region_weights, total_variation
from toonkit.networks.features import Features
from toonkit.training.controls import Controlled
from toonkit.training.recipe import Batch, Term

Seen = Callable[[], dict[str, Tensor]]  # layers of a frozen network, computed once


class Semantic(Controlled):
    """The batch: photo and toon (N, 3, H, W), view (N, classes, H/2, W/2), the segmentation network's of the photo;
    of open pictures also flat (N, 3, H, W), the photograph's flat abstraction."""

    name = "semantic"
    released = ("generator",)
    controls = CONTROLS

    def __init__(self, features: Features, segmentation: nn.Module, config: SemanticConfig | None = None) -> None:
        c = self.config = config or SemanticConfig()
        self.features, self.segmentation = features, segmentation.eval().requires_grad_(False)
        self.frozen = (features, self.segmentation)
        self.networks = build(c)
        if c.controlled:  # the explorer asks them what they think of a setting
            self.released = tuple(self.networks)
        self.texture_view = TextureView(features, c.texture_network)
        generator, surface, texture = self.networks.values()
        told_apart = [*surface.parameters(), *texture.parameters()]
        self.optimisers = {
            "generator": torch.optim.Adam(generator.parameters(), c.rate, betas=(0.5, 0.99)),
            "discriminator": torch.optim.Adam(told_apart, c.discriminator_rate, betas=(0.5, 0.99)),
        }
        self.pools = {}
        self.numbers = c.region_numbers()

    def weights(self, progress: float) -> dict[str, float]:
        first = progress < self.config.pretraining
        later = {name: getattr(self.config, name) * self.factor(name) for name in WEIGHTS}
        later |= {"discriminator_surface": 1.0, "discriminator_texture": 1.0}
        if first:
            later = dict.fromkeys(later, 0.0)
        return later | {"reconstruction": float(first)}

    def rates(self, progress: float) -> dict[str, float]:
        factor = min(1.0, (1 - progress) / self.config.decay)
        return {"generator": factor * self.config.rate, "discriminator": factor * self.config.discriminator_rate}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        photo = batch["photo"]
        given = torch.cat([photo, batch["flat"]], 1) if self.config.on_flat else photo
        drawn = self.draw(given, self.factors).float()  # (N, 3, H, W)
        surface, texture = self.networks["surface"], self.networks["texture"]
        grey = shift_weights(self.config.shift).to(drawn)
        drawn_views, real_views = self._views(drawn, grey), self._views(batch["toon"], grey)
        yield (
            "discriminator",
            {
                "discriminator_surface": lambda: self._told_apart(surface, drawn_views[0], real_views[0]),
                "discriminator_texture": lambda: self._told_apart(texture, drawn_views[1], real_views[1]),
            },
        )
        for network in (surface, texture):  # the generator's gradient passes through them and leaves none in them
            network.requires_grad_(False)
        places = self._places(batch)
        fooled: dict[str, Term] = {
            "reconstruction": lambda: F.l1_loss(drawn, batch[self.config.target]),
            "surface": lambda: self._fooled(surface, drawn_views[0], places.get("surface")),
            "texture": lambda: self._fooled(texture, drawn_views[1], places.get("texture")),
        }
        seen = cache(partial(self._seen, drawn))
        yield "generator", fooled | self._kept(drawn, seen, batch, places) | self._flat(drawn, seen, batch, places)
        for network in (surface, texture):
            network.requires_grad_(True)

    @torch.no_grad()
    def translate(self, photo: Tensor, factors: Mapping[str, float] | None = None) -> Tensor:
        """Photographs to drawings, (N, 3, H, W) in [-1, 1] each."""
        return self.draw(self.given(photo), factors).clamp(-1, 1)

    def given(self, pictures: Tensor) -> Tensor:
        """Photographs (N, 3, H, W), with `on_flat` beside their flat abstraction (N, 6, H, W)."""
        return with_flat(pictures, self.config.strength) if self.config.on_flat else pictures

    def _views(self, pictures: Tensor, grey: Tensor) -> tuple[Tensor, list[Tensor] | Tensor]:
        """A picture as the discriminators see it: its surface (eq. 5) and its texture (eq. 6)."""
        small = F.avg_pool2d(pictures, self.config.surface_shrink)
        surface = guided_filter(small, radius=self.config.surface_radius, eps=self.config.surface_eps)
        return surface, self.texture_view(pictures, grey)

    def _told_apart(self, network: nn.Module, drawn: Tensor | list[Tensor], real: Tensor | list[Tensor]) -> Tensor:
        """A discriminator's loss, the mean over its heads."""
        kind = self.config.adversarial
        drawn = [part.detach() for part in drawn] if isinstance(drawn, list) else drawn.detach()
        pairs = zip(_heads(network(real)), _heads(network(drawn)), strict=True)
        return torch.stack([discriminator_loss(one, other, kind=kind) for one, other in pairs]).mean()

    def _fooled(self, network: nn.Module, drawn: Tensor | list[Tensor], places: Tensor | None) -> Tensor:
        """The generator's loss against a discriminator, the mean over its heads."""
        heads = [fooled_loss(scores, self.config.adversarial, places) for scores in _heads(network(drawn))]
        return torch.stack(heads).mean()

    def _places(self, batch: Batch) -> dict[str, Tensor]:
        """How much every place counts in each loss that regions change, (N, 1, H/2, W/2)."""
        view = probabilities(batch["view"])  # (N, classes, H/2, W/2)
        return {name: region_weights(view, numbers) for name, numbers in self.numbers.items()}

    def _seen(self, pictures: Tensor) -> dict[str, Tensor]:
        """The layers (N, C, h, w) of the frozen network that losses compare, of pictures (N, 3, H, W)."""
        layers = sorted({self.config.layer, self.config.structure_layer}, key=self.features.layers.__getitem__)
        return dict(zip(layers, self.features.several(pictures, layers), strict=True))

    def _kept(self, drawn: Tensor, seen: Seen, batch: Batch, places: Mapping[str, Tensor]) -> dict[str, Term]:
        """What a drawing keeps of its photograph: content (eq. 2), classes (eq. 3), colours."""
        photo = batch["photo"]

        def content() -> Tensor:
            with torch.no_grad():
                wanted = self.features(photo, self.config.layer)
            return feature_distance(seen()[self.config.layer], wanted, places.get("content"))

        def semantic() -> Tensor:
            shares = half_size(self.segmentation(drawn).softmax(1))  # (N, classes, H/2, W/2)
            return semantic_loss(shares, probabilities(batch["view"]), places.get("semantic"))

        return {"content": content, "semantic": semantic, "colour": lambda: colour_loss(drawn, photo)}

    def _flat(self, drawn: Tensor, seen: Seen, batch: Batch, places: Mapping[str, Tensor]) -> dict[str, Term]:
        """What makes a drawing flat: total variation (eq. 8), structure, the photograph's flat abstraction."""
        layer = self.config.structure_layer

        def structure() -> Tensor:
            own = self.config.structure_of == "superpixels"
            with torch.no_grad():
                shown = superpixels(drawn, self.config.segments) if own else batch["wanted"]
                wanted = self.features(shown, layer)
            return feature_distance(seen()[layer], wanted)

        def variation() -> Tensor:
            where = places.get("tv")
            return unrest(drawn, batch["wanted"], weights=where) if self.config.calm else total_variation(drawn, where)

        terms = {"tv": variation, "structure": structure}
        if self.config.pictures == "open":
            terms["flat"] = lambda: F.l1_loss(drawn, batch["wanted"])
            terms["steps"] = lambda: step_distance(drawn, batch["wanted"])
        return terms


def _heads(scores: Tensor | list[Tensor]) -> list[Tensor]:
    return scores if isinstance(scores, list) else [scores]
