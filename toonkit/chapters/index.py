"""The chapters: the only place outside their folders that names them. Each is imported when it is asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from toonkit.project.errors import check_name

if TYPE_CHECKING:
    from toonkit.chapters.contract import Chapter

CHAPTERS = (
    "toonnet",
    "cartoongan",
    "inpainting",
    "adapters.domains",
    "adapters.styles",
    "recovery",
    "animated",
    "segmentation",
    "semantic",
    "projected",
    "adapters.projected_styles",
    "painted",
    "recovery.cue",
    "avatars",
    "captions",
    "latents",
    "tomjerry",
)


def chapter_names() -> tuple[str, ...]:
    """The chapters' names: the last part of their folders'."""
    return tuple(folder.rpartition(".")[2] for folder in CHAPTERS)


@cache
def find_chapter(name: str) -> Chapter:
    """The chapter `name`. Raises ToonkitError for an unknown one."""
    check_name("chapter", name, chapter_names())
    folder = CHAPTERS[chapter_names().index(name)]
    return import_module(f"toonkit.chapters.{folder}.chapter").CHAPTER


def all_chapters() -> tuple[Chapter, ...]:
    """Every chapter, in the order of the course."""
    return tuple(find_chapter(name) for name in chapter_names())
