"""Figures as small PNG or JPEG files, each with a same-named .json that says where it comes from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toonkit.course.parameters import current_run
from toonkit.course.show import RESOLUTION
from toonkit.images.open_pictures import credits
from toonkit.project import environment
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_bytes, write_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image
    from torch import Tensor

FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG", "optimize": True},
    ".jpg": {"format": "JPEG", "optimize": True, "quality": 92, "subsampling": 0},
}


def save_figure(figure: Tensor | Figure, path: str | Path, sources: Sequence[str] = (), **facts: Any) -> Path:
    """Write a picture (3, H, W) in [-1, 1] or a matplotlib figure, and its facts (run, commit, seed) beside it.

    The ending of `path` says how: .png, or .jpg (quality 92, colours as fine as brightness) for many photographs.
    A relative `path` starts in the current run's folder, or at the project's root outside a run. `sources` are the open
    sources that the picture shows: they and their licences are among the facts. Returns the file's path. Raises
    ToonkitError for another shape or file type, and for an unknown source.
    """
    if sources:
        facts |= {"sources": tuple(sources), "licences": credits(sources)}
    run = current_run()
    target = (run.run_dir if run else project_root()) / path
    if target.suffix not in FORMATS:
        raise ToonkitError(f"a figure is a .png or a .jpg file, not {str(path)!r}")
    buffer = io.BytesIO()
    _image(figure).save(buffer, **FORMATS[target.suffix])
    write_bytes(target, buffer.getvalue())
    origin = {"run": run.run_dir.name, "seed": run.seed, "profile": run.profile.name} if run else {}
    write_json(target.with_suffix(".json"), {**origin, "commit": environment.commit(project_root()), **facts})
    return target


def _image(figure: Tensor | Figure) -> Image:
    """A picture as RGB: a palette would put grain into what is shown to be judged."""
    from PIL import Image

    if hasattr(figure, "savefig"):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=RESOLUTION)
        return Image.open(buffer).convert("RGB")
    if getattr(figure, "ndim", 0) != 3 or figure.shape[0] != 3:
        shape = tuple(getattr(figure, "shape", ()))
        raise ToonkitError(f"save_figure() wants a (3, H, W) picture or a matplotlib figure, not shape {shape}")
    values = (figure.detach().float().cpu().clamp(-1, 1) + 1) * 127.5
    return Image.fromarray(values.round().byte().permute(1, 2, 0).numpy())
