"""Files of one source downloaded side by side, each resumed where it broke off and checked by its digest.

Ctrl-C is obeyed at once, whatever the server does. What arrived stays in `NAME.part` for the next call.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from tqdm import tqdm

from toonkit.images.manifests import Entry, Source, difference
from toonkit.images.network import Call, Interrupted, Stopped, ask, check_answer, copy_body, open_call
from toonkit.project.atomic import explain, put_in_place
from toonkit.project.errors import SourceError

WORKERS = 8  # files at a time: most of a small file's time is waiting
ATTEMPTS = 5
BACKOFF = 0.5  # seconds before the second attempt; doubled for each further one
POLL = 0.1  # seconds: how soon Ctrl-C is obeyed


def download_all(source: Source, entries: list[Entry], folder: Path) -> None:
    """Download every file that can be had into `folder`, then raise SourceError for the rest."""
    waiting: SimpleQueue[Entry] = SimpleQueue()
    ended: SimpleQueue[tuple[Entry, str | None]] = SimpleQueue()
    for entry in entries:
        waiting.put(entry)
    total = sum(entry.size for entry in entries)
    failures: list[str] = []
    with open_call(WORKERS) as call, tqdm(total=total, unit="B", unit_scale=True, desc=source.name) as bar:
        for _ in range(min(WORKERS, len(entries))):  # daemons, so that a process which is told to stop does not wait
            Thread(target=_work, args=(source, folder, waiting, ended, call), daemon=True).start()
        for _ in entries:
            entry, failure = _next(ended)
            bar.update(entry.size)
            if failure is not None:
                failures.append(failure)
    if failures:
        raise SourceError(f"{len(failures)} of {len(entries)} files of {source.name} failed; first: {failures[0]}")


def _next(ended: SimpleQueue) -> tuple[Entry, str | None]:
    while True:
        with suppress(Empty):
            return ended.get(timeout=POLL)  # waiting without a limit would be deaf to Ctrl-C on Windows


def _work(source: Source, folder: Path, waiting: SimpleQueue, ended: SimpleQueue, call: Call) -> None:
    """Download one waiting file after the other; report each with the reason why it failed, or None."""
    with suppress(Stopped, Empty):
        while True:
            call.check()
            entry = waiting.get_nowait()
            try:
                download(source.address(entry.path), folder, entry, call)
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
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_place(folder, path, partial)
        _bring(url, partial, entry, call)
        put_in_place(partial, path)
    except OSError as error:
        if partial.is_file() and not partial.is_symlink():
            partial.unlink()
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
                raise SourceError(f"{url} failed {ATTEMPTS} times, last: {error}; try again later") from error
            call.sleep(BACKOFF * 2**attempt)
            continue
        wrong = difference(partial, entry)
        if not wrong:
            return
        partial.unlink()
        if not resumed or attempt == ATTEMPTS - 1:  # an older part may be to blame: then once more from the beginning
            raise SourceError(f"{url} has {wrong}; nothing was kept")


def _append(url: str, partial: Path, entry: Entry, call: Call) -> None:
    """Ask for the bytes that `partial` lacks and append them. Raises Interrupted if fewer came."""
    have = partial.stat().st_size if partial.exists() else 0
    if partial.exists() and have == entry.size:
        return
    if have > entry.size:
        have = 0  # not ours: start again
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with ask(url, headers, call) as answer:
        check_answer(url, answer)
        mode = "ab" if answer.status_code == 206 else "wb"  # 200: the server sends all of it
        with partial.open(mode, buffering=0) as file:  # unbuffered: what came is kept, whatever happens next
            copy_body(answer, file.write, entry.size + 1 - file.tell(), call)
    size = partial.stat().st_size
    if size < entry.size:
        raise Interrupted(f"ended after {size:,} of {entry.size:,} bytes")
