"""The projected generator in every style that it has learnt."""

from __future__ import annotations

from toonkit.chapters.adapters.projected_styles.recipe import FACES
from toonkit.chapters.adapters.styles.figures import in_every_style, load_styles
from toonkit.chapters.contract import Sheet
from toonkit.chapters.projected.figures import GENERATOR


def projected_styles() -> Sheet:
    """Held-out people in every style of the one projected generator, each above the true cartoons."""
    return in_every_style(load_styles(FACES, GENERATOR))


FIGURES = {"projected_styles": projected_styles}
