"""Files of one source downloaded side by side, each resumed where it broke off and checked by its digest.

Ctrl-C is obeyed at once, whatever the server does. What arrived stays in `NAME.part` for the next call.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial as bound
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from tqdm import tqdm

from toonkit.images.file_parts import check_space, headers_for, note_version, part_of, version_of
from toonkit.images.manifests import Entry, Source, difference
from toonkit.images.network import (
    Call,
    Interrupted,
    Stopped,
    ask,
    check_answer,
    copy_body,
    open_call,
    whole_size,
    without_query,
)
from toonkit.project.atomic import explain, put_in_place
from toonkit.project.errors import SourceError

WORKERS = 8  # files at a time: most of a small file's time is waiting
ATTEMPTS = 5
BACKOFF = 0.5  # seconds before the second attempt; doubled for each further one
POLL = 0.1  # seconds: how soon Ctrl-C is obeyed
LARGEST = 10**12  # bytes of a file whose server does not say how large it is


def download_all(source: Source, entries: list[Entry], folder: Path) -> None:
    """Download every file that can be had into `folder`, then raise SourceError for the rest."""
    failures = bring_all(source.name, [(source.address(entry.path), entry) for entry in entries], folder)
    if failures:
        first = next(iter(failures.values()))
        raise SourceError(f"{len(failures)} of {len(entries)} files of {source.name} failed; first: {first}")


def download_one(name: str, url: str, folder: Path, entry: Entry) -> Path:
    """Download one file, which may be large, of which perhaps nobody promised size or digest; return its path."""
    failures = bring_all(name, [(url, entry)], folder)
    if failures:
        raise SourceError(failures[entry.path])
    return folder / entry.place


def bring_all(name: str, wanted: list[tuple[str, Entry]], folder: Path) -> dict[str, str]:
    """Download (address, file) into `folder` side by side; return why each file that could not be had failed."""
    waiting: SimpleQueue[tuple[str, Entry]] = SimpleQueue()
    ended: SimpleQueue[tuple[Entry, str | None]] = SimpleQueue()
    for pair in wanted:
        waiting.put(pair)
    total = sum(entry.size or 0 for _, entry in wanted) or None
    failures: dict[str, str] = {}
    with open_call(WORKERS) as call, tqdm(total=total, unit="B", unit_scale=True, desc=name) as bar:
        for _ in range(min(WORKERS, len(wanted))):  # daemons, so that a process which is told to stop does not wait
            Thread(target=_work, args=(folder, waiting, ended, call), daemon=True).start()
        for _ in wanted:
            growing = part_of(folder / wanted[0][1].path) if len(wanted) == 1 else None
            entry, failure = _next(ended, bound(_show_growth, bar, growing))
            bar.update((entry.size or 0) if growing is None else 0)
            if failure is not None:
                failures[entry.path] = failure
    return failures


def _show_growth(bar: tqdm, growing: Path | None) -> None:
    """Move the bar of a download of one file to what has arrived."""
    if growing is not None and growing.exists():
        bar.update(growing.stat().st_size - bar.n)


def _next(ended: SimpleQueue, meanwhile: Callable[[], None]) -> tuple[Entry, str | None]:
    while True:
        with suppress(Empty):
            return ended.get(timeout=POLL)  # waiting without a limit would be deaf to Ctrl-C on Windows
        with suppress(FileNotFoundError):  # it has just got its own name
            meanwhile()


def _work(folder: Path, waiting: SimpleQueue, ended: SimpleQueue, call: Call) -> None:
    """Download one waiting file after the other; report each with the reason why it failed, or None."""
    with suppress(Stopped, Empty):
        while True:
            call.check()
            url, entry = waiting.get_nowait()
            try:
                download(url, folder, entry, call)
            except Stopped:
                raise
            except Exception as error:  # whatever it is: the call that waits must hear of it
                failure = str(error) if isinstance(error, SourceError) else f"{entry.path}: {error!r}"
                ended.put((entry, failure))
            else:
                ended.put((entry, None))


def download(url: str, folder: Path, entry: Entry, call: Call) -> None:
    """Download one file to `folder/entry.place` through a `.part` beside it, resuming one that is there.

    Raises SourceError for what cannot be had or written, Stopped when the call has ended.
    """
    path = folder / entry.place
    partial = part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_place(folder, path, partial)
        _bring(url, partial, entry, call)
        put_in_place(partial, path)
        version_of(partial).unlink(missing_ok=True)
    except OSError as error:
        if entry.size is not None and partial.is_file() and not partial.is_symlink():
            partial.unlink()  # what has no listed size may be large: it stays, so that the next call goes on
        raise SourceError(f"could not write {path}: {explain(error)}") from error


def _check_place(folder: Path, path: Path, partial: Path) -> None:
    """Raise SourceError where a file would be written elsewhere than it says: through a link, or into a folder."""
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise SourceError(f"{path.parent} is a link out of {folder}; remove it, nothing was downloaded")
    if partial.is_symlink():
        raise SourceError(f"{partial} is a link, which would be written through; remove it, nothing was downloaded")
    for place in (path, partial):
        if place.is_dir():
            raise SourceError(f"{place} is a folder where a file must go; remove it, nothing was downloaded")


def _bring(url: str, partial: Path, entry: Entry, call: Call) -> None:
    """Fill `partial` with the bytes that the manifest promises. Raises SourceError if they cannot be had."""
    for attempt in range(ATTEMPTS):
        resumed = partial.exists()
        try:
            _append(url, partial, entry, call)
        except Interrupted as error:
            if attempt == ATTEMPTS - 1:
                said = f"{without_query(url)} failed {ATTEMPTS} times, last: {error}"
                raise SourceError(f"{said}; try again later") from error
            call.sleep(BACKOFF * 2**attempt)
            continue
        wrong = difference(partial, entry)
        if not wrong:
            return
        partial.unlink()
        if not resumed or attempt == ATTEMPTS - 1:  # an older part may be to blame: then once more from the beginning
            raise SourceError(f"{without_query(url)} has {wrong}; nothing was kept")


def _append(url: str, partial: Path, entry: Entry, call: Call) -> None:
    """Ask for the bytes that `partial` lacks and append them. Raises Interrupted if fewer came."""
    have = partial.stat().st_size if partial.exists() else 0
    if partial.exists() and have == entry.size:
        return
    if entry.size is not None and have > entry.size:
        have = 0  # not ours: start again
    with ask(url, headers_for(partial, entry, have), call) as answer:
        if answer.status_code == 416:  # the part is longer than the file
            partial.unlink(missing_ok=True)
        check_answer(url, answer)
        size = whole_size(answer) if entry.size is None else entry.size
        have = have if answer.status_code == 206 else 0  # 200: the server sends all of it
        check_space(partial, size, have)
        if entry.size is None:
            note_version(partial, answer.headers)
        with partial.open("ab" if have else "wb", buffering=0) as file:  # unbuffered: what came is kept
            copy_body(answer, file.write, (LARGEST if size is None else size + 1) - have, call)
    got = partial.stat().st_size
    if size is not None and got < size:
        raise Interrupted(f"ended after {got:,} of {size:,} bytes")
