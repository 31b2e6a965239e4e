"""Questions to a service that wants a key, answered in JSON. The key is in no message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from toonkit.images.network import Interrupted, Refused, got, posted

Answer = TypeVar("Answer")


def post_json(url: str, question: Mapping[str, object], key: str, timeout: float) -> object:
    """The JSON answer to a JSON question, asked with a bearer key, within `timeout` seconds.

    Raises Refused for an answer that asking again will not change, Interrupted for any other failure. The key is in no
    message.
    """
    return _in_time(url, timeout, partial(posted, url, question, key, timeout))


def get_json(url: str, parameters: Mapping[str, str], timeout: float) -> tuple[int, object]:
    """The status, 200 or 202 ("not yet"), and the JSON answer to parameters of which one may be a key.

    Raises Refused and Interrupted as `post_json` does. No parameter is in a message.
    """
    return _in_time(url, timeout, partial(got, url, parameters, timeout))


def _in_time(url: str, timeout: float, put: Callable[[], Answer]) -> Answer:
    """What `put` returns, within `timeout` seconds. Raises Refused, and Interrupted for whatever else goes wrong."""
    answers: SimpleQueue[Answer | Exception] = SimpleQueue()

    def put_question() -> None:
        try:
            answers.put(put())
        except Exception as error:
            answers.put(error)

    Thread(target=put_question, daemon=True).start()  # no timeout of the library covers a body that drips
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise Interrupted(f"no whole answer within {timeout:g} seconds") from None
    if isinstance(answer, Refused | Interrupted):
        raise answer
    if isinstance(answer, Exception):
        raise Interrupted(f"{type(answer).__name__} at {url}") from None  # its own words may hold the key
    return answer
