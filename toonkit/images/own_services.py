"""Sets of services with an account: Kaggle by its own client, Roboflow by its interface, CelebA by torchvision."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toonkit.images.credentials import check_kaggle, roboflow_key
from toonkit.images.manifests import Source
from toonkit.images.network import Interrupted, Refused, without_query
from toonkit.images.own_origins import Places, bring_archive, collect, share
from toonkit.images.services import get_json
from toonkit.project.atomic import explain
from toonkit.project.errors import SourceError

EXTRA = "pip install -c constraints.txt -e '.[sources]'"  # brings kagglehub and gdown
ROBOFLOW = "https://api.roboflow.com"
FORMAT = "coco"  # one JSON file a folder, with the boxes of all its pictures
PATIENCE = 60.0  # seconds for an answer of Roboflow's
WAIT = 2.0  # seconds between two questions whether an export is ready
WAITS = 300
PLACE = "KAGGLEHUB_CACHE"  # where Kaggle's client keeps what it downloads, and goes on with


def bring_kaggle(source: Source, handle: str, places: Places, say: Callable[[str], None]) -> str:
    """A set of Kaggle, by kagglehub, which resumes a download that broke off."""
    check_kaggle()
    try:
        import kagglehub
    except ImportError as error:
        raise SourceError(f"{source.name} needs the package kagglehub: {EXTRA}; or name --from") from error
    with _library_errors(source), _environment(PLACE, str(places.downloads.resolve())):
        folder = Path(kagglehub.dataset_download(handle))
    collect(folder, places.files, share)
    return f"{handle} of Kaggle, version folder {folder.name}"


def bring_torchvision(source: Source, _: str, places: Places, say: Callable[[str], None]) -> str:
    """CelebA, by torchvision, which compares the MD5 of every file; one that is whole is not downloaded again."""
    from torchvision import datasets

    with _library_errors(source):
        datasets.CelebA(str(places.downloads), split="all", download=True)
    folder = places.downloads / datasets.CelebA.base_folder
    for archive in folder.glob("*.zip"):
        archive.unlink()  # it is unpacked beside
    collect(folder, places.files, share)
    return "torchvision.datasets.CelebA"


def bring_roboflow(source: Source, project: str, places: Places, say: Callable[[str], None]) -> str:
    """The newest version of a project of Roboflow, exported with its boxes."""
    key = roboflow_key()
    _, about = _ask(f"{ROBOFLOW}/{project}", key)
    version = _newest(about, project)
    address = f"{ROBOFLOW}/{project}/{version}/{FORMAT}"
    for _ in range(WAITS):
        status, answer = _ask(address, key)
        if status == 200:
            break
        say(f"Roboflow prepares version {version}; asking again in {WAIT:g} seconds")
        time.sleep(WAIT)
    else:
        raise SourceError(f"{address} was not ready after {WAITS * WAIT:g} seconds; call again later")
    link = _within(answer, "export", "link", address)
    bring_archive(source.name, link, places, file=f"{source.name}-{version}.zip")
    return f"{project} of Roboflow, version {version}"


def _newest(about: Any, project: str) -> int:
    """The highest number of a project's versions, whose ids end in it."""
    versions = about.get("versions") if isinstance(about, dict) else None
    ids = [str(version.get("id", "")) for version in versions or [] if isinstance(version, dict)]
    numbers = [int(number) for number in (name.rpartition("/")[2] for name in ids) if number.isdigit()]
    if not numbers:
        raise SourceError(f"Roboflow lists no version of {project}; download it from the page and name --from")
    return max(numbers)


def _within(answer: Any, outer: str, inner: str, address: str) -> str:
    try:
        return str(answer[outer][inner])
    except (KeyError, TypeError) as error:
        raise SourceError(f"{address} answered without {outer}.{inner}; download the set from its page") from error


def _ask(url: str, key: str) -> tuple[int, Any]:
    """Status and answer of Roboflow. Raises SourceError without the key in it."""
    try:
        return get_json(url, {"api_key": key}, PATIENCE)
    except Refused as error:
        raise SourceError(f"{url} refused: {error}; is ROBOFLOW_API_KEY right, and is the set still there?") from None
    except Interrupted as error:
        raise SourceError(f"{url} gave no answer: {error}; try again later") from None


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable, which the client reads, unless the user has set it."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


@contextmanager
def _library_errors(source: Source) -> Iterator[None]:
    """Turn whatever a client raises into a SourceError that says what to do; what has come stays."""
    try:
        yield
    except Exception as error:  # requests' and the client's own, of several kinds
        status = getattr(getattr(error, "response", None), "status_code", None)
        reason = f"{type(error).__name__}: {without_query(str(error))}"
        remedy = "call again to go on, or download it from the page and name --from"
        if status in (401, 403):
            remedy = f"is the key right, and have you agreed to the terms on {source.home}?"
        elif isinstance(error, OSError) and error.errno is not None and error.strerror:
            reason = explain(error)
        raise SourceError(f"{source.name} could not be had: {reason}; {remedy}") from error
