"""More styles for the released CartoonGAN, as a chapter."""

from __future__ import annotations

from dataclasses import replace

from toonkit.chapters.adapters.styles.claims import CLAIMS
from toonkit.chapters.adapters.styles.figures import style_system
from toonkit.chapters.adapters.styles.recipe import BASE, FACES, StyleAdapters, StyleConfig, build, released_base
from toonkit.chapters.adapters.styles.scores import scores
from toonkit.chapters.adapters.styles.untested import UNTESTED
from toonkit.chapters.cartoongan.data import OWN, faces
from toonkit.chapters.cartoongan.recipe import CartoonGAN
from toonkit.chapters.contract import Chapter, Headline, Variant
from toonkit.chapters.lengths import at_lengths
from toonkit.networks.features import features
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.profiles import Profile
from toonkit.training.batches import Batches
from toonkit.world import STYLES

COLOURLESS = ("noir",)  # styles for which the photograph's colours are not to be kept
SEPARATE = "separate"  # a CartoonGAN of its own
ADDED = [style for style in STYLES if style != BASE]
STEPS = 1500
SHORT = (150, 500)  # steps that show how fast a style is learnt


def recipe(config: StyleConfig) -> CartoonGAN:
    """One more style for the released generator, learnt as that was; kind `separate` is a CartoonGAN of its own.

    Raises WeightsError where the base is not released.
    """
    if config.kind == SEPARATE:
        return CartoonGAN(features(config.content), config)
    base = released_base(config)
    return StyleAdapters(features(config.content), replace(config, base=digest_of(released(FACES))), base)


def data(config: StyleConfig, profile: Profile, seed: int) -> Batches:
    """Photographs, and cartoons of other scenes in the style."""
    return faces(config, profile, seed, config.style)


def _variant(style: str, kind: str = "parallel") -> Variant:
    colour = 0.0 if style in COLOURLESS else StyleConfig.colour
    initialisation = "classical" if kind == SEPARATE else "none"
    config = StyleConfig(style=style, kind=kind, colour=colour, initialisation=initialisation)
    return Variant(config, STEPS, quick_steps=10, paper_steps=OWN)


CHAPTER = Chapter(
    name="styles",
    report="image_toonification",
    subject="more styles for the trained CartoonGAN, by residual adapters",
    variants={style: _variant(style) for style in ADDED}
    | {f"{style}_{SEPARATE}": _variant(style, SEPARATE) for style in ADDED}
    | {f"comic_{kind}": _variant("comic", kind) for kind in ("series", "norm")}
    | at_lengths({"comic": _variant("comic"), f"comic_{SEPARATE}": _variant("comic", SEPARATE)}, SHORT),
    config=StyleConfig,
    build=build,
    recipe=recipe,
    data=data,
    scores=scores,
    needs=("toonnet", FACES, f"{FACES}-discriminator"),
    shown=("drawn", "parameters"),
    systems={f"styles-{style}": style_system(style) for style in ADDED},
    claims=CLAIMS,
    untested=UNTESTED,
    headlines=(
        Headline(
            words="One more style by adapters, comic: KID[toonnet] to its cartoons",
            record="styles-comic",
            metric="drawn/KID[toonnet]",
            beside="a generator of its own, as many steps",
            other_metric="drawn/KID[toonnet]",
            other_record="styles-comic_separate",
        ),
    ),
)
