"""Keys of services that need an account, from the places where their own programs look. No key is ever shown."""

from __future__ import annotations

import json
import os
from pathlib import Path

from toonkit.project.errors import SourceError

KAGGLE = "https://www.kaggle.com/settings"
ROBOFLOW = "https://app.roboflow.com/settings/api"


def check_kaggle() -> None:
    """Raise SourceError where Kaggle's client would find no key: it says where to get one and where to put it.

    Looked at, in this order: KAGGLE_API_TOKEN (the token or a file that holds it), KAGGLE_USERNAME with KAGGLE_KEY,
    and in ~/.kaggle, or the folder KAGGLE_CONFIG_DIR, access_token and kaggle.json.
    """
    if os.environ.get("KAGGLE_API_TOKEN"):
        return
    names = ("KAGGLE_USERNAME", "KAGGLE_KEY")
    given = [name for name in names if os.environ.get(name)]
    if len(given) == len(names):
        return
    folder = Path(os.environ.get("KAGGLE_CONFIG_DIR") or Path.home() / ".kaggle")
    if any((Path.home() / ".kaggle" / name).is_file() for name in ("access_token", "access_token.txt")):
        return
    path = folder / "kaggle.json"
    if path.is_file():
        return _check_kaggle_file(path)
    half = f" ({given[0]} alone is not enough)" if given else ""
    raise SourceError(
        f"no Kaggle key{half}: sign in at {KAGGLE}, choose Create New Token, and save the file as {path}, or set "
        "KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY. Or download the set in a browser and name the file "
        "with --from"
    )


def _check_kaggle_file(path: Path) -> None:
    """Raise SourceError where kaggle.json is not what Kaggle writes."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({type(error).__name__}); get it again at {KAGGLE}") from error
    if not isinstance(found, dict) or not all(found.get(name) for name in ("username", "key")):
        raise SourceError(f"{path} lacks username or key; get it again at {KAGGLE}")


def roboflow_key() -> str:
    """The key in ROBOFLOW_API_KEY. Raises SourceError where there is none, saying where to get it."""
    key = os.environ.get("ROBOFLOW_API_KEY", "").strip()
    if not key:
        raise SourceError(
            f"no Roboflow key: sign in at {ROBOFLOW}, copy the private key, and set ROBOFLOW_API_KEY. Or download the "
            "set in a browser, in the format COCO, and name the file with --from"
        )
    return key
