"""`toonkit export NAME -o FOLDER`: a released model of several networks as a pipeline of diffusers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from toonkit.chapters.index import all_chapters
from toonkit.project.atomic import PART, PART_END, make_folder, put_in_place
from toonkit.project.errors import ToonkitError, check_name

INDEX = "model_index.json"  # diffusers': what a pipeline consists of


@dataclass(frozen=True)
class SavedPipeline:
    """A folder that holds a pipeline: its parts by name, and its size in bytes."""

    folder: Path
    parts: tuple[str, ...]
    size: int

    def __str__(self) -> str:
        return f"{self.folder}: a pipeline of diffusers, {self.size / 1e6:.1f} MB: {', '.join(self.parts)}"


def pipeline_modules() -> dict[str, str]:
    """The released models that are pipelines: their names, and the modules that make them."""
    return {name: module for chapter in all_chapters() for name, module in chapter.pipelines.items()}


def export_pipeline(name: str, target: str | Path, overwrite: bool = False) -> SavedPipeline:
    """Write a released model to the folder `target`, for its class's `from_pretrained`: all of it or nothing.

    Raises ToonkitError for an unknown name, and for a target that is there already: `overwrite` replaces a pipeline
    and nothing else. Raises WeightsError where the model's networks are not here.
    """
    modules = pipeline_modules()
    module = import_module(modules[check_name("pipeline", name, tuple(modules))])
    target = Path(target)
    _check_target(name, target, overwrite)
    made = module.released_pipeline()
    make_folder(target.parent)
    partial = target.parent / f"{PART}{uuid4().hex}{PART_END}"
    try:
        made.save_pretrained(partial, safe_serialization=True)
        if target.exists():
            shutil.rmtree(target)
        put_in_place(partial, target)
    except OSError as error:
        raise ToonkitError(f"could not write {target}: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return SavedPipeline(target, tuple(made.components), size)


def _check_target(name: str, target: Path, overwrite: bool) -> None:
    if target.suffix.lower() == ".onnx":
        raise ToonkitError(f"{name} is several networks, and becomes a folder for diffusers; leave out .onnx")
    if target.exists() and not (overwrite and (target / INDEX).is_file()):
        raise ToonkitError(f"{target} is there already; --overwrite replaces a pipeline, and nothing else")
