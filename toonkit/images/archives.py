"""Archives of others (zip, tar) unpacked so that nothing is written outside their folder, nor more than there is room.

Only ordinary files and folders are unpacked. An archive with a link, a device, an absolute path or `..` is refused
whole: a data set of pictures has none of these.
"""

from __future__ import annotations

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from toonkit.images.file_parts import check_room
from toonkit.images.listing import is_hidden
from toonkit.images.manifests import is_safe_path
from toonkit.project.atomic import explain, make_folder
from toonkit.project.errors import SourceError

LARGEST = 100 * 10**9  # bytes of all files of an archive together
MOST = 2_000_000  # files of an archive
PIECE = 1 << 20  # bytes
DAMAGED = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile),
    *(zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
)


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path, how many bytes it says that it has, and what opens it."""

    path: str
    size: int
    reader: Callable[[], IO[bytes]]


def unpack(archive: Path, folder: Path, largest: int = LARGEST) -> None:
    """Unpack a zip or tar file into an empty `folder`, which the caller renames when all is there.

    Hidden files (`__MACOSX`, `._0.jpg`) are left out. Raises SourceError for what is no archive, is damaged or locked,
    for a member that is no ordinary file below the folder or comes twice, and for more than `largest` bytes.
    """
    with _in_one_sentence(archive), _opened(archive) as members:
        found = _checked(archive, members, largest)
        check_room(folder, sum(member.size for member in found), archive.name)
        left = largest
        for member in found:
            left -= _write(member, folder, left, archive)


def _checked(archive: Path, members: Iterator[Member], largest: int) -> list[Member]:
    """The members to unpack, after a look at every name and size. Raises SourceError."""
    found = []
    for number, member in enumerate(members):
        if number >= MOST:
            raise SourceError(f"{archive} has more than {MOST:,} files, so it is not unpacked")
        if not is_safe_path(member.path):
            raise SourceError(f"{archive} would write to {member.path!r}, outside its folder, so it is not unpacked")
        if not any(is_hidden(part) for part in member.path.split("/")):
            found.append(member)
    if not found:
        raise SourceError(f"{archive} holds no file; fetch or copy it again")
    if (size := sum(member.size for member in found)) > largest:
        raise _too_large(archive, f"{size / 1e9:,.1f} GB", largest)
    return found


def _too_large(archive: Path, size: str, largest: int) -> SourceError:
    return SourceError(f"{archive} unpacks to {size}, above the limit of {largest / 1e9:,.1f} GB, so it is not kept")


def _write(member: Member, folder: Path, most: int, archive: Path) -> int:
    """Write one member and return its bytes, counted as they come: what an archive says of itself may be false."""
    path = folder / member.path
    written = 0
    make_folder(path.parent, SourceError)
    try:
        with member.reader() as source, path.open("xb") as target:
            while piece := source.read(PIECE):
                written += len(piece)
                if written > most:
                    raise _too_large(archive, "more than it says", most)
                target.write(piece)
    except FileExistsError as error:
        raise SourceError(f"{archive} holds {member.path!r} twice, perhaps in another case; not unpacked") from error
    if written != member.size:
        raise SourceError(
            f"{archive}: {member.path!r} has {written:,} bytes instead of {member.size:,}; fetch it again"
        )
    return written


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[Member]]:
    """Give the members of a zip or tar file. Raises SourceError for any other file."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _zip_members(opened, archive)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as opened:
            yield _tar_members(opened, archive)
            while opened.fileobj.read(PIECE):  # a compressed stream's checksum stands at its end
                pass
    else:
        raise SourceError(f"{archive} is no zip or tar file: it begins with {_beginning(archive)}")


def _zip_members(opened: zipfile.ZipFile, archive: Path) -> Iterator[Member]:
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):  # 0: an archive that says nothing of kinds
            raise _no_file(archive, info.filename)
        if info.flag_bits & 1:
            raise SourceError(f"{archive} is locked with a password; unpack it yourself and name the folder")
        if not info.is_dir():
            yield Member(info.orig_filename.removeprefix("./"), info.file_size, lambda info=info: opened.open(info))


def _tar_members(opened: tarfile.TarFile, archive: Path) -> Iterator[Member]:
    for info in opened:
        if not (info.isfile() or info.isdir()):
            raise _no_file(archive, info.name)
        if info.isfile():
            yield Member(info.name.removeprefix("./"), info.size, lambda info=info: _tar_file(opened, info))


def _tar_file(opened: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    found = opened.extractfile(info)
    if found is None:
        raise tarfile.ReadError(f"{info.name} cannot be read")
    return found


def _no_file(archive: Path, name: str) -> SourceError:
    return SourceError(f"{archive} holds {name!r}, a link or a device, which no data set needs, so it is not unpacked")


def _beginning(archive: Path) -> str:
    """The first bytes of a file in words: a page that asks for a login is the usual reason."""
    with archive.open("rb") as file:
        first = file.read(512)
    page = b"<html" in first.lower() or b"<!doctype" in first.lower()
    return "a web page, perhaps one that asks for a login; download it in a browser" if page else repr(first[:16])


@contextmanager
def _in_one_sentence(archive: Path) -> Iterator[None]:
    """Turn what the unpacking libraries raise into a SourceError."""
    try:
        yield
    except DAMAGED as error:
        raise SourceError(
            f"{archive} is damaged or cut short: {error or type(error).__name__}; fetch it again"
        ) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise SourceError(f"{archive} cannot be unpacked: {error}") from error
    except OSError as error:
        raise SourceError(f"could not unpack {archive}: {explain(error)}") from error
