"""Captions bought from a vision model: any endpoint that speaks OpenAI's chat completions.

Nothing is asked before the cost is said and agreed to; every answer is kept at once, so that a broken run goes on.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from toonkit.images.captions import normalise_caption, read_captions, write_captions
from toonkit.images.network import Interrupted, Refused
from toonkit.images.services import post_json
from toonkit.project.errors import SourceError, ToonkitError

KEY = "TOONKIT_CAPTION_KEY"  # the environment variable that holds the key
PROMPT = "Say in one short sentence which animals this picture shows and what they do."
LONGEST = 300  # characters of an answer that is still a caption
LONGEST_WAIT = 600.0  # seconds that a service may ask to be left alone before the call ends instead
IN_A_ROW = 3  # pictures asked about in vain, one after the other, before the service is given up


@dataclass(frozen=True)
class Service:
    """An endpoint and what it asks; prices in dollars, of the provider's own list."""

    address: str  # of the interface, such as https://HOST/v1
    model: str
    dollars_per_million_in: float
    dollars_per_million_out: float
    tokens_in: int = 400  # of one small picture and the prompt
    tokens_out: int = 40
    per_minute: float = 60.0  # questions at most
    timeout: float = 60.0  # seconds for an answer
    attempts: int = 3  # before a picture is given up


@dataclass(frozen=True)
class Bill:
    """What captioning would cost, or has: `pictures` to ask about, dollars, and minutes at least."""

    pictures: int
    dollars: float
    minutes: float

    def __str__(self) -> str:
        return f"{self.pictures} pictures, about {self.dollars:.2f} dollars, at least {self.minutes:.1f} minutes"


class InVainError(SourceError):
    """One picture was asked about as often as is worth it; another one may be answered, `wait` seconds from now."""

    def __init__(self, said: str, wait: float) -> None:
        super().__init__(said)
        self.wait = wait


def estimate(service: Service, pictures: int) -> Bill:
    """The bill of so many pictures, before any is asked about."""
    tokens = service.tokens_in * service.dollars_per_million_in + service.tokens_out * service.dollars_per_million_out
    return Bill(pictures, pictures * tokens / 1e6, pictures / service.per_minute)


def caption_pictures(
    paths: Sequence[str | Path],
    out: str | Path,
    service: Service,
    agree: Callable[[Bill], bool],
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, str]:
    """Captions by file name of pictures, written to the table `out` after each answer; those in it are not asked again.

    `agree` is shown the bill of what is left and says whether to go on. A picture that is asked about `attempts`
    times in vain is passed over, and named at the end; a service that names a time to wait is asked no sooner. Raises
    ToonkitError where `agree` says no or two pictures have one name, SourceError where the key is absent or refused,
    where that time is above LONGEST_WAIT, where IN_A_ROW pictures were passed over one after the other, and at the end
    where any was; what was answered until then is kept.
    """
    names = [Path(path).name for path in paths]
    if len(set(names)) < len(names):
        raise ToonkitError("two pictures have the same file name; caption one folder at a time")
    captions = read_captions(out) if Path(out).exists() else {}
    left = [Path(path) for path, name in zip(paths, names, strict=True) if name not in captions]
    if not left:
        return captions
    key = _key()
    if not agree(estimate(service, len(left))):
        raise ToonkitError("captioning was not agreed to; nothing was asked")
    in_vain = _ask_all(left, captions, out, service, key, sleep)
    if in_vain:
        _tell(in_vain, service, gave_up=not {path.name for path in left} <= captions.keys() | in_vain.keys())
    return captions


def _ask_all(
    paths: Sequence[Path],
    captions: dict[str, str],
    out: str | Path,
    service: Service,
    key: str,
    sleep: Callable[[float], None],
) -> dict[str, str]:
    """Puts captions into `captions` and the table `out`; returns what was said of pictures asked about in vain.

    Ends after IN_A_ROW of these, one after the other.
    """
    in_vain: dict[str, str] = {}
    row, wait = 0, 0.0
    for number, path in enumerate(paths):
        if number:
            sleep(max(60 / service.per_minute, wait))
        try:
            captions[path.name] = _ask(path, service, key, sleep)
        except InVainError as error:
            in_vain[path.name], row, wait = str(error), row + 1, error.wait
            if row == IN_A_ROW:
                break
        else:
            row, wait = 0, 0.0
            write_captions(out, captions, overwrite=True)
    return in_vain


def _tell(in_vain: dict[str, str], service: Service, gave_up: bool) -> None:
    """Raises SourceError that names the pictures without an answer and says what came for each."""
    said = "; ".join(
        f"{name}: {service.attempts} attempts at {service.address} failed, the last with: {last}"
        for name, last in in_vain.items()
    )
    stopped = f"; gave up after {IN_A_ROW} pictures in a row" if gave_up else ""
    raise SourceError(f"{said}{stopped}; what was answered is kept, and the same call asks about the rest again")


def _key() -> str:
    key = os.environ.get(KEY, "")
    if not key:
        raise SourceError(f"the environment variable {KEY} holds no key; set it, and keep it out of files")
    return key


def _ask(path: Path, service: Service, key: str, sleep: Callable[[float], None]) -> str:
    """The caption of one picture. Raises SourceError when asking again will not help, InVainError when it did not."""
    said, wait = "nothing", 0.0
    for attempt in range(service.attempts):
        if attempt:
            sleep(max(2.0**attempt, wait))
        try:
            return _caption(
                post_json(f"{service.address}/chat/completions", _question(path, service), key, service.timeout)
            )
        except Refused as error:
            raise SourceError(f"{service.address} refused: {error}; look at the key and the model's name") from error
        except Interrupted as error:
            said, wait = str(error), error.wait
        except ToonkitError as error:
            said, wait = str(error), 0.0
        if wait > LONGEST_WAIT:
            raise SourceError(f"{service.address} asks to wait {wait:.0f} seconds ({said}); call again after that")
    raise InVainError(said, wait)


def _question(path: Path, service: Service) -> dict[str, object]:
    picture = base64.b64encode(path.read_bytes()).decode()
    kind = path.suffix.lower().lstrip(".").replace("jpg", "jpeg")
    content = [
        {"type": "text", "text": PROMPT},
        {"type": "image_url", "image_url": {"url": f"data:image/{kind};base64,{picture}"}},
    ]
    return {
        "model": service.model,
        "max_tokens": service.tokens_out,
        "messages": [{"role": "user", "content": content}],
    }


def _caption(answer: object) -> str:
    """The sentence in an answer. Raises ToonkitError for an answer of another form, or for what is no caption."""
    try:
        choice = answer["choices"][0]  # type: ignore[index]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ToonkitError(f"the answer has no choices[0].message.content but {str(answer)[:80]!r}") from error
    if ended == "length":
        raise ToonkitError(f"the answer was cut off: {str(text)[:80]!r}")
    caption = normalise_caption(text) if isinstance(text, str) else ""
    if not caption or len(caption) > LONGEST:
        raise ToonkitError(f"the answer is no caption: {str(text)[:80]!r}")
    return caption
