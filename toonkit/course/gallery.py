"""The pictures in figures/: `toonkit figures` draws them again. The chapters' own come from the chapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torchvision.transforms.v2 import functional as transforms

from toonkit.chapters.contract import Sheet
from toonkit.chapters.index import all_chapters
from toonkit.course.figures import save_figure
from toonkit.course.show import show_rows
from toonkit.filters import abstraction, edge_tangent_flow, line_drawing, line_integral_convolution
from toonkit.images.listing import contact_sheet
from toonkit.images.open_pictures import SAMPLES_NAME
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import check_name
from toonkit.world import FAMILIES, STYLES, ToonWorld


def toonworld() -> Sheet:
    """Test scenes of every family as photographs, and each below as a cartoon in one of the styles."""
    columns, size = 8, 112
    rows = []
    for family in FAMILIES:
        rows.append(ToonWorld(family, "test", size).photos(range(columns)))
        rows += [ToonWorld(family, "test", size, STYLES[k % len(STYLES)]).toons([k]) for k in range(columns)]
    facts = {"families": FAMILIES, "styles": STYLES, "split": "test", "size": size}
    return Sheet(contact_sheet(torch.cat(rows), columns), facts)


def styles() -> Sheet:
    """One scene a family: the photograph, then every style."""
    size, rows = 176, []
    for family, index in zip(FAMILIES, (11, 7, 3), strict=True):
        rows.append(ToonWorld(family, "val", size).photos([index]))
        rows += [ToonWorld(family, "val", size, style).toons([index]) for style in STYLES]
    sheet = contact_sheet(torch.cat(rows), 1 + len(STYLES))
    return Sheet(sheet, {"styles": STYLES, "split": "val", "size": size})


def classical() -> Sheet:
    """Real photographs: as they are, their flow field, their lines, their classical cartoon."""
    size, rows = 232, []
    for name in SAMPLES:
        photo = sample_photo(name).unsqueeze(0)
        side = min(photo.shape[2:])
        photo = transforms.resize(transforms.center_crop(photo, [side, side]), [512, 512])
        flow = line_integral_convolution(edge_tangent_flow(photo, radius=5, iterations=3)).expand(-1, 3, -1, -1)
        rows.append(torch.cat([photo, flow, line_drawing(photo).expand(-1, 3, -1, -1), abstraction(photo)]))
    panels = torch.stack(rows, 1).flatten(0, 1)  # one row a kind, one column a photograph
    sheet = contact_sheet(transforms.resize(panels, [size, size]), len(SAMPLES))
    return Sheet(sheet, {"photographs": tuple(SAMPLES), "size": 512}, sources=(SAMPLES_NAME,))


WORLD = {"toonworld": toonworld, "styles": styles, "classical": classical}


def figures() -> dict[str, Callable[[], Sheet]]:
    """Every figure by name: those of the data and the filters, then each chapter's."""
    return WORLD | {name: draw for chapter in all_chapters() for name, draw in chapter.figures.items()}


def trained_here() -> set[str]:
    """Figures of networks that are not released, but trained on this machine."""
    return {name for chapter in all_chapters() for name in chapter.trained_here}


def draw(name: str) -> Path:
    """Draw one figure into figures/ and return its path. Raises ToonkitError for an unknown name."""
    known = figures()
    sheet = known[check_name("figure", name, tuple(known))]()
    picture = sheet.pictures
    if isinstance(picture, Mapping):
        picture = show_rows(picture, 2)
    origin = {"run": f"toonkit figures {name}", "seed": 0}
    return save_figure(
        picture, f"figures/{name}{'.jpg' if sheet.jpeg else '.png'}", sheet.sources, **origin, **sheet.facts
    )
