"""Files of random weights in the place of a pretrained network's, with a manifest that promises their bytes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from toonkit.images import manifests

LISTED = manifests.MANIFESTS  # the real ones


def stand_in(
    monkeypatch: pytest.MonkeyPatch, root: Path, name: str, write: Callable[[Path], object], base: str = ""
) -> Path:
    """What `write` puts into a folder becomes the files of the network `name`; return that folder, in the cache.

    With `base`, its address is that one. The manifests of everything else stay as they are.
    """
    folder = root / "cache" / name
    folder.mkdir(parents=True)
    write(folder)
    listed = root / "manifests"
    if not listed.exists():
        shutil.copytree(LISTED, listed)
    (listed / f"{name}.tsv").write_text(manifests.make_manifest(folder), encoding="utf-8")
    if base:
        text = (listed / "sources.toml").read_text(encoding="utf-8")
        head, section, rest = text.partition(f"[{name}]\n")
        changed = re.sub('base = "[^"]*"', f'base = "{base}"', rest, count=1)
        (listed / "sources.toml").write_text(head + section + changed, encoding="utf-8")
    monkeypatch.setattr(manifests, "MANIFESTS", listed)
    monkeypatch.setenv("TOONKIT_CACHE", str(root / "cache"))
    for setting in ("TOONKIT_MIRROR", "TOONKIT_OFFLINE"):
        monkeypatch.delenv(setting, raising=False)
    return folder
