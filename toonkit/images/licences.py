"""Licences of single pictures, for the sources that have one a picture, or an author: COCO's, felix's and coral's."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from toonkit.images.manifests import MANIFESTS, read_manifest
from toonkit.project.errors import SourceError

FREE = re.compile(r"CC0( \d\.\d)?|CC BY(-SA)?( \d\.\d)?")  # not -NC, not -ND, not "no known restrictions"
NAMED = re.compile(r"\bCC(0| BY[-A-Z]*)( \d\.\d)?")  # any of theirs, free or not
COCO = "coco53_licences.csv"
FELIX = "study_data/Image_Level_Data.csv"
CORAL = "COPYRIGHT"


@dataclass(frozen=True)
class PictureLicence:
    """Under which licence one picture is, and whom to thank: the author, or the address that names the author."""

    licence: str
    author: str

    @property
    def free(self) -> bool:
        """Whether anyone may show it, change it and share what comes of it."""
        return FREE.fullmatch(self.licence) is not None


def free_pictures(source: str, folder: Path) -> set[str] | None:
    """Paths of a source's pictures that are under a free licence of their own; None where one licence is for all."""
    if source not in _TABLES:
        return None
    return {path for path, licence in picture_licences(source, folder).items() if licence.free}


def picture_licences(source: str, folder: Path) -> dict[str, PictureLicence]:
    """The licence of each picture by its path in the source, which lies in `folder`; {} where one licence is for all.

    Raises SourceError for a table that cannot be read.
    """
    if source not in _TABLES:
        return {}
    try:
        return _TABLES[source](folder)
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise SourceError(f"the table of licences of {source} cannot be read: {error}; fetch it again") from error


def _coco(_: Path) -> dict[str, PictureLicence]:
    rows = _rows(MANIFESTS / COCO)
    return {row["path"]: PictureLicence(row["licence"].strip(), row["source_url"]) for row in rows}


def _felix(folder: Path) -> dict[str, PictureLicence]:
    """Felix's table names pictures by number, without folder and extension."""
    path_of = {Path(entry.path).stem: entry.path for entry in read_manifest("felix", "image_files/*")}
    rows = _rows(folder / FELIX)
    return {path_of[row["Image"]]: PictureLicence(row["License"].strip(), row["Artist"].strip()) for row in rows}


def _coral(folder: Path) -> dict[str, PictureLicence]:
    """Coral's file has headings with a licence, below each "- FILE, FILE ..." and in the next line their address."""
    licences, licence, files = {}, "", []
    for line in (folder / CORAL).read_text(encoding="utf-8").splitlines():
        if line.startswith(("License:", "Licence:")):
            named = NAMED.search(line)
            licence = named[0] if named else line.partition(":")[2].strip()
        elif line.startswith("- "):
            files = line[2:].replace(",", " ").split()
        elif line.startswith(" "):
            licences |= {file: PictureLicence(licence, line.strip()) for file in files}
        elif line and not line.startswith("URL:"):
            licence, files = "", []  # the next heading: nothing is known of it yet
    return licences


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


_TABLES = {"coco53": _coco, "felix": _felix, "coral": _coral}
