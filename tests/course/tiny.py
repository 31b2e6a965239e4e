"""Tiny notebooks and projects for the tests of the course's machinery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat


def make_project(root: Path) -> Path:
    """Make `root` a project: what marks one is its pyproject.toml and its notebooks."""
    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").touch()
    return root


def make_notebook(
    root: Path, name: str, cells: Sequence[str] = (), needs: Sequence[str] = (), timeout: float = 60, title: str = ""
) -> Path:
    """Write a notebook with a title, the parameters cell and `cells` of code."""
    own = {"needs": list(needs), "timeout": timeout}
    notebook = nbformat.v4.new_notebook(
        metadata={"toonkit": own, "kernelspec": {"name": "python3", "display_name": "P"}}
    )
    source = f'profile = "quick"\nseed = 0\nrun_dir = "build/runs/{name}"'
    notebook.cells = [
        nbformat.v4.new_markdown_cell(f"# {title or name}\n\nA formula $x^2$."),
        nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}),
        *[nbformat.v4.new_code_cell(cell) for cell in cells],
    ]
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
