"""The one module that uses the network: a question asked, its answer read, neither waited for without end.

An answer has PATIENCE seconds to begin, then SLOWEST bytes a second must come. A call that has ended (by Ctrl-C) stops
its downloads within POLL seconds, or, in the middle of a body, before the next bytes would be written.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread

import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from toonkit.project.errors import SourceError

TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of a body
PATIENCE = 60.0  # seconds from the question to the end of the answer's head
SLOWEST = 500.0  # bytes a second, the average over STRETCH: a tenth of what a modem brought
STRETCH = 30.0  # seconds
PIECE = 1 << 18  # bytes
POLL = 0.1  # seconds
FINAL = (400, 401, 403, 404, 410)  # asking again will not help
REFUSALS = (*FINAL, 422)  # of a question to a service


class Interrupted(Exception):
    """A download broke off in a way that is worth another attempt, `wait` seconds from now at the earliest."""

    def __init__(self, said: str, wait: float = 0.0) -> None:
        super().__init__(said)
        self.wait = wait


class Stopped(Exception):
    """The call that asked for this download has ended: nothing more may be written."""


@dataclass(frozen=True)
class Call:
    """What the downloads of one call share; `stopped` is set when it ends before them."""

    session: requests.Session
    stopped: Event

    def check(self) -> None:
        """Raise Stopped if the call has ended."""
        if self.stopped.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait, but raise Stopped as soon as the call ends."""
        self.stopped.wait(seconds)
        self.check()


@contextmanager
def open_call(connections: int) -> Iterator[Call]:
    """Give a call that keeps up to `connections` open; however it ends, its downloads write nothing from then on."""
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=connections))
        call = Call(session, Event())
        try:
            yield call
        finally:
            call.stopped.set()


def ask(url: str, headers: dict[str, str], call: Call) -> requests.Response:
    """Ask for a file and return the answer once its head is here. Raises Interrupted, or Stopped, at once.

    The question is put by a thread of its own: no timeout of the library covers a head that comes byte by byte.
    """
    answers: SimpleQueue[requests.Response | Exception] = SimpleQueue()

    def put_question() -> None:
        try:
            answers.put(call.session.get(url, headers=headers, stream=True, timeout=TIMEOUT))
        except Exception as error:  # a redirect to garbage alone raises half a dozen kinds
            answers.put(error)

    Thread(target=put_question, daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        call.check()
        with suppress(Empty):
            answer = answers.get(timeout=POLL)
            if isinstance(answer, Exception):
                raise Interrupted(without_query(str(answer)) or type(answer).__name__) from answer
            return answer
    raise Interrupted(f"no answer within {PATIENCE:g} seconds")


def check_answer(url: str, answer: requests.Response) -> None:
    """Raise SourceError or Interrupted for an answer whose body is not the file's own bytes."""
    if answer.status_code in FINAL:
        said = f"{without_query(url)} answered {answer.status_code} {answer.reason}"
        raise SourceError(f"{said}; the source has moved or is closed")
    if answer.status_code not in (200, 206):
        raise Interrupted(f"{answer.status_code} {answer.reason}")
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Interrupted(f"the answer is {encoding}-encoded, though the plain bytes were asked for")


def without_query(text: str) -> str:
    """A text with every address in it cut at its question mark: what follows may be a key or a signature."""
    return re.sub(r"\?[^\s'\")]*[=&][^\s'\")]*", "?...", text)


def whole_size(answer: requests.Response) -> int | None:
    """How many bytes the whole file has by its answer's head, also where the answer is a part; None for no word."""
    if answer.status_code == 206:
        found = re.fullmatch(r"bytes \d+-\d+/(\d+)", answer.headers.get("Content-Range", ""))
        return int(found[1]) if found else None
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def copy_body(answer: requests.Response, write: Callable[[bytes], object], most: int, call: Call) -> None:
    """Write the body's bytes as they come, until it ends or breaks off or `most` are there; then return.

    Raises Interrupted if fewer than SLOWEST bytes a second come, Stopped when the call has ended.
    """
    started = time.monotonic()
    came = 0
    while most > 0:
        try:
            piece = answer.raw.read1(min(PIECE, most))  # read1 gives what came before a break
        except Exception as error:
            raise Interrupted(str(error) or type(error).__name__) from error
        call.check()
        if not piece:
            return
        write(piece)
        most -= len(piece)
        came += len(piece)
        seconds = time.monotonic() - started
        if seconds > STRETCH:
            if came < SLOWEST * seconds:
                raise Interrupted(f"only {came:,} bytes came in {seconds:.0f} seconds")
            started = time.monotonic()
            came = 0


class Refused(Exception):
    """A service that will not answer this question, however often it is asked."""


def posted(url: str, question: Mapping[str, object], key: str, timeout: float) -> object:
    """The JSON of an answer. Raises Refused, Interrupted, or whatever the library raises."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.post(url, json=question, headers=headers, timeout=timeout, allow_redirects=False)
    if answer.status_code in REFUSALS:
        raise Refused(f"{answer.status_code} {answer.reason}")
    if answer.status_code != 200:
        raise Interrupted(f"{answer.status_code} {answer.reason}", asked_to_wait(answer))
    return answer.json()


def asked_to_wait(answer: requests.Response) -> float:
    """The seconds that an answer's Retry-After names, in seconds or as a date; 0 without one, or with nonsense."""
    try:
        return float(Retry().parse_retry_after(answer.headers.get("Retry-After", "0")))
    except (InvalidHeader, ValueError, OverflowError):  # the last two: a date that no calendar has
        return 0.0


def got(url: str, parameters: Mapping[str, str], timeout: float) -> tuple[int, object]:
    """The status and the JSON of an answer. Raises Refused, Interrupted, or whatever the library raises."""
    answer = requests.get(url, params=parameters, timeout=timeout, allow_redirects=False)
    if answer.status_code in REFUSALS:
        raise Refused(f"{answer.status_code} {answer.reason}")
    if answer.status_code not in (200, 202):
        raise Interrupted(f"{answer.status_code} {answer.reason}")
    return answer.status_code, answer.json()
