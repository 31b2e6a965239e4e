"""The shots of a film that were found so far, in a folder beside the result, so that a killed search goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from toonkit.images.shots import Shot
from toonkit.project.errors import FilmError
from toonkit.project.records import write_bytes, write_json
from toonkit.training.run_lock import HOLDER, LOCK, claim

FACTS = "keyframes.json"  # which film is searched, and how its key frames are kept
END = "end.json"  # what is to be known of the film, once it was read to its end


class ShotParts:
    """The folder `out`.parts, a file for each shot."""

    def __init__(self, out: Path) -> None:
        self.folder = out.with_name(f"{out.name}.parts")
        self.shots: list[Shot] = []

    @contextmanager
    def held(self) -> Iterator[ShotParts]:
        """Hold the folder, made if absent, for this process; it goes with its last shot, or where none was found.

        Raises FilmError where its name is taken, and TrainingError where another process holds it.
        """
        names = {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()
        if self.folder.is_file() or (FACTS not in names and names - {LOCK, HOLDER}):
            raise FilmError(f"{self.folder} is needed for the shots of the film, but is something else; rename it")
        mine = False
        try:
            with claim(self.folder):
                mine = True
                yield self
        finally:
            if mine and not self.shots:
                self._leave()

    def known(self, facts: Mapping[str, Any]) -> bool:
        """Whether there was an earlier run of the same `facts`; its shots are found."""
        if _read(self.folder / FACTS) != facts:
            return False
        self.shots = list(self._found())
        return True

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Begin a run of these `facts`; the shots of another one are dropped."""
        self._clear(END)
        write_json(self.folder / FACTS, facts)

    def keep(self, shot: Shot) -> None:
        """Count one more shot."""
        facts = {"start": shot.start, "end": shot.end, "key": shot.key, "time": shot.time, "kind": shot.kind}
        content = save({"views": shot.views}, {"shot": json.dumps(facts | {"bars": shot.bars})})
        write_bytes(self._path(len(self.shots)), content)
        self.shots.append(shot)

    @property
    def notes(self) -> list[str] | None:
        """What is to be known of the film; None as long as it was not read to its end."""
        found = _read(self.folder / END)
        return None if found is None else found["notes"]

    def finish(self, notes: list[str]) -> None:
        """Say that there are no more shots."""
        write_json(self.folder / END, {"notes": notes})

    def drop(self) -> None:
        """The result is whole: nothing is to be kept."""
        self.shots = []

    def _clear(self, *names: str) -> None:
        """Remove the shots and the files of these names; what else lies in the folder is not ours."""
        for path in (*self.folder.glob("shot-*.safetensors"), *(self.folder / name for name in names)):
            path.unlink(missing_ok=True)

    def _leave(self) -> None:
        """Remove what is ours, and the folder if nothing else is in it."""
        self._clear(FACTS, END, LOCK, HOLDER)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _path(self, number: int) -> Path:
        return self.folder / f"shot-{number:06}.safetensors"

    def _found(self) -> Iterator[Shot]:
        """The shots whose files are whole, up to the first that is not."""
        number = 0
        while (path := self._path(number)).is_file():
            try:
                with safe_open(path, "np") as file:
                    facts = json.loads(file.metadata()["shot"])
                    views = file.get_tensor("views")
            except (SafetensorError, OSError, ValueError, KeyError):
                return
            yield Shot(**facts | {"bars": tuple(facts["bars"])}, views=views)
            number += 1


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
