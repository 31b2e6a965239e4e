"""The journal of a data set that is being built: one line for each picture that was decided on."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from toonkit.images.report_choice import Decision, Offer
from toonkit.images.report_sets import Part
from toonkit.project.atomic import explain
from toonkit.project.errors import SourceError
from toonkit.project.records import write_json

FACTS = "building.json"  # what the set will follow from
LINES = "building.jsonl"


class Journal:
    """The folder in which a set is built, held for this process; another building's is dropped."""

    def __init__(self, folder: Path, facts: Mapping[str, Any]) -> None:
        self.folder = folder
        self.facts = json.loads(json.dumps(facts))  # as the file will give it back
        self.known: dict[tuple[str, str], Decision] = {}
        self.counts: Counter[str] = Counter()
        self.lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
        self.stream: IO[bytes] | None = None

    def __enter__(self) -> Journal:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.lock.acquire()
            if _read(self.folder / FACTS) != self.facts:
                shutil.rmtree(self.folder)
                self.folder.mkdir()
                write_json(self.folder / FACTS, self.facts)
            self._recall()
            self.stream = (self.folder / LINES).open("ab", buffering=0)
        except Timeout as error:
            raise SourceError(f"another process builds {self.folder} at this moment; wait until it ends") from error
        except OSError as error:
            self.lock.release()
            raise SourceError(f"could not prepare {self.folder}: {explain(error)}") from error
        return self

    def __exit__(self, *_: object) -> None:
        if self.stream is not None:
            self.stream.close()
        self.lock.release()

    def decided(self, part: Part, offer: Offer) -> Decision | None:
        """What an earlier call decided on an offer, or None."""
        return self.known.get((_key(part), offer.origin))

    def note(self, part: Part, offer: Offer, decision: Decision) -> None:
        """Keep a decision. Raises SourceError where the system refuses."""
        line = {"part": _key(part), "origin": offer.origin} | asdict(decision)
        try:
            self.stream.write(json.dumps(line).encode() + b"\n")  # type: ignore[union-attr]
        except OSError as error:
            raise SourceError(f"could not write {self.folder / LINES}: {explain(error)}; call again") from error
        self._keep(line)

    def next_number(self, part: Part) -> int:
        """The number of the next picture that is taken of a part."""
        return self.counts[_key(part)]

    def reasons(self) -> dict[str, int]:
        """How many were left out for which reason."""
        words = [decision.reason.partition(":")[0] for decision in self.known.values() if decision.reason]
        return dict(sorted(Counter(words).items()))

    def finish(self) -> None:
        """Close the journal and remove it: the set is whole."""
        self.stream.close()  # type: ignore[union-attr]
        for name in (FACTS, LINES):
            (self.folder / name).unlink()

    def _recall(self) -> None:
        """Read the lines of an earlier call; one that a kill cut short is dropped."""
        path = self.folder / LINES
        if not path.is_file():
            return
        whole, newline, _ = path.read_bytes().rpartition(b"\n")
        path.write_bytes(whole + newline)
        for line in whole.splitlines():
            self._keep(json.loads(line))

    def _keep(self, line: Mapping[str, Any]) -> None:
        self.known[line["part"], line["origin"]] = Decision(line["rows"], line["reason"])
        self.counts[line["part"]] += bool(line["rows"])


def _key(part: Part) -> str:
    return f"{part.source} {part.side} {part.kind}"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
