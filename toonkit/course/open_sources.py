"""The open sources in a notebook: one table, one sheet with a picture of each, and what is not on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toonkit.course.show import show
from toonkit.course.tables import markdown_table
from toonkit.images.licences import picture_licences
from toonkit.images.manifests import OPEN, Source, load_sources, read_manifest
from toonkit.images.open_pictures import PICTURES, SPLITS, open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import source_folder, source_ready

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

SIDE = 160  # pixels of a picture on the sheet
COLUMNS = 6


def sources_table() -> str:
    """The open sources as a Markdown table: content, number and size of files, licence, what is for testing, here?"""
    rows = [_row(source) for source in load_sources().values() if source.tier in OPEN]
    return markdown_table(rows)


def _row(source: Source) -> dict[str, str]:
    entries = read_manifest(source.name)
    size = sum(entry.size for entry in entries) / 1e6
    known = PICTURES.get(source.name)
    return {
        "source": source.name,
        "content": source.title,
        "files": f"{len(entries):,}, {size:.1f} MB",
        "licence": source.licence,
        "for testing": known.rule if known else "",
        "here": "yes" if source_ready(source.name) else "no",
    }


def absent_sources() -> str:
    """In a few lines: which open sources are not here and how to get them, and which sets nobody can hand on."""
    sources = load_sources().values()
    absent = [source for source in sources if source.tier in OPEN and not source_ready(source.name)]
    fetched = ", ".join(source.name for source in absent if source.tier == "open")
    made = ", ".join(source.name for source in absent if source.tier == "made")
    own = ", ".join(source.name for source in sources if source.tier == "own")
    lines = [
        f"Not here, fetched by `toonkit fetch NAME`: {fetched or 'none'}.",
        f"Not here, and made as `toonkit sources` says: {made or 'none'}.",
        f"The reports' own sets, which need an account or an agreement, or cannot be had: {own}.",
    ]
    return "\n".join(lines)


def sources_sheet() -> Figure | None:
    """One picture of each source of pictures that is on this machine, with credits; None where none is."""
    names = [name for name in PICTURES if source_ready(name)]
    if not names:
        return None
    chosen = [_chosen(name) for name in names]
    pictures = [picture for picture, _ in chosen]
    titles = [title for _, title in chosen]
    return show(pictures, titles=titles, columns=COLUMNS, scale=1.1, sources=names)


def _chosen(source: str) -> tuple[Tensor, str]:
    """The middle picture for training of a source, and its title.

    That is its name, how many pictures are for training and how many for testing, and its licence if it has its own.
    """
    paths, held_out = (open_pictures(source, split) for split in SPLITS)
    path = paths[len(paths) // 2]
    folder = source_folder(source)
    own = picture_licences(source, folder).get(path.relative_to(folder).as_posix())
    title = f"{source}: {len(paths)} + {len(held_out)}"
    return fit_picture(read_open_picture(path), SIDE), f"{title}; this one {own.licence}" if own else title
