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

    `agree` is shown the bill of what is left and says whether to go on. Raises ToonkitError where it says no or two
    pictures have one name, SourceError where the key is absent or refused, or where a picture was asked about
    `attempts` times in vain; what was answered until then is kept.
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
    for number, path in enumerate(left):
        if number:
            sleep(60 / service.per_minute)
        captions[path.name] = _ask(path, service, key, sleep)
        write_captions(out, captions, overwrite=True)
    return captions


def _key() -> str:
    key = os.environ.get(KEY, "")
    if not key:
        raise SourceError(f"the environment variable {KEY} holds no key; set it, and keep it out of files")
    return key


def _ask(path: Path, service: Service, key: str, sleep: Callable[[float], None]) -> str:
    """The caption of one picture. Raises SourceError when asking again will not help, or did not."""
    said = "nothing"
    for attempt in range(service.attempts):
        if attempt:
            sleep(2.0**attempt)
        try:
            return _caption(
                post_json(f"{service.address}/chat/completions", _question(path, service), key, service.timeout)
            )
        except Refused as error:
            raise SourceError(f"{service.address} refused: {error}; look at the key and the model's name") from error
        except (Interrupted, ToonkitError) as error:
            said = str(error)
    raise SourceError(
        f"{path.name}: {service.attempts} attempts at {service.address} failed, the last with: {said}; what was "
        "answered before is kept, and the same call goes on from there"
    )


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
        text = answer["choices"][0]["message"]["content"]  # type: ignore[index]
    except (KeyError, IndexError, TypeError) as error:
        raise ToonkitError(f"the answer has no choices[0].message.content but {str(answer)[:80]!r}") from error
    caption = normalise_caption(text) if isinstance(text, str) else ""
    if not caption or len(caption) > LONGEST:
        raise ToonkitError(f"the answer is no caption: {str(text)[:80]!r}")
    return caption
