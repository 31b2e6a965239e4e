"""Names that a file can have on Linux, macOS and Windows, and folders in which `a` and `A` are one file."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

from toonkit.project.atomic import PART, PART_END

DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # of Windows, whatever the ending
FORBIDDEN = set('<>:"|?*\\')  # in a name on Windows; `/` parts names everywhere
LONGEST = 255  # bytes of one name


def is_portable(path: str) -> bool:
    """Whether each part of a path, with `/` between them, can be the name of a file on every system.

    Not so: a device of Windows (`aux`, `con.png`), a letter that Windows forbids, a dot or a space at the end, which it
    drops, a control character, and a name of more than 255 bytes.
    """
    return all(_portable_name(name) for name in path.split("/"))


def _portable_name(name: str) -> bool:
    return not (_odd_letters(name) or DEVICES.fullmatch(name) or len(name.encode()) > LONGEST)


def _odd_letters(name: str) -> set[int]:
    """The places of the letters that Windows has not in a name."""
    strange = {place for place, letter in enumerate(name) if letter in FORBIDDEN or ord(letter) < 32}
    return strange | ({len(name) - 1} if name.endswith((".", " ")) else set())


def for_windows(path: str) -> str:
    """A path in which every part can be a name on Windows: what it has not is written as in addresses: `%3A`."""
    return "/".join(_escaped(name) for name in path.split("/"))


def _escaped(name: str) -> str:
    odd = _odd_letters(name) | ({0} if DEVICES.fullmatch(name) else set())
    return "".join(f"%{ord(letter):02X}" if place in odd else letter for place, letter in enumerate(name))


def ignores_case(folder: Path) -> bool:
    """Whether `a` and `A` are one file in a folder that is there, as on macOS and Windows; found out by making one."""
    probe = folder / f"{PART}{uuid4().hex}a{PART_END}"
    try:
        probe.touch(exist_ok=False)
        return probe.with_name(probe.name.upper()).exists()
    except OSError:
        return False  # nothing can be written there; who tries will hear of it
    finally:
        probe.unlink(missing_ok=True)
