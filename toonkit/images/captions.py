"""Caption tables as JSON Lines, one object a picture: {"file": "cat/012.png", "caption": "a cat on a sofa"}."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from toonkit.project.atomic import write_atomically
from toonkit.project.errors import ToonkitError


def normalise_caption(text: str) -> str:
    """Return `text` in Unicode NFKC, lower case, words parted by one space, without a final full stop.

    BLEU counts "A cat." and "a cat" as different words; this makes them one.
    """
    return " ".join(unicodedata.normalize("NFKC", text).lower().split()).rstrip(" .")


def write_captions(path: str | Path, captions: Mapping[str, str], overwrite: bool = False) -> None:
    """Write {file: caption}, whole or not at all. Raises ToonkitError for an empty caption or a table that exists."""
    for file, caption in captions.items():
        if not normalise_caption(caption):
            raise ToonkitError(f"the caption of {file} is empty; write one, or leave the picture out")
    rows = ({"file": file, "caption": caption} for file, caption in captions.items())
    write_atomically(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(), overwrite)


def read_captions(path: str | Path) -> dict[str, str]:
    """Return captions by file name. Raises ToonkitError naming the line that is not valid or repeats a file."""
    captions: dict[str, str] = {}
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ToonkitError(f"{path} cannot be read as a caption table: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        file, caption = _row(line, f"{path}, line {number}")
        if file in captions:
            raise ToonkitError(f"{path}, line {number}: {file} has a caption already; keep one")
        captions[file] = caption
    return captions


def split_of(name: str, test_share: float = 0.2, seed: int = 0) -> str:
    """Return "train" or "test" for a name: the same on every machine, whatever other names there are.

    A shuffled list changes its split when one picture is added; a hash of each name does not. The share is met on
    average. Group what belongs together by its common name: pass the scene, not the frame.
    """
    if not 0 < test_share < 1:
        raise ToonkitError(f"the test share must lie between 0 and 1, not {test_share}")
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return "test" if int.from_bytes(digest[:8], "big") < test_share * 2**64 else "train"


def _row(line: str, where: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ToonkitError(f"{where} is not JSON: {error}") from error
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("file", "caption")):
        raise ToonkitError(f'{where} must hold the texts "file" and "caption"')
    return row["file"], row["caption"]
