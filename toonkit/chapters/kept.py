"""What takes minutes to derive from pictures, kept in the cache, so that a run that is resumed goes on at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor

from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.atomic import make_folder
from toonkit.project.environment import cache_folder
from toonkit.project.errors import WeightsError


def kept(
    kind: str, name: str, follows_from: Iterable[bytes], facts: dict[str, Any], make: Callable[[], Tensor]
) -> Tensor:
    """What `make` gives: made once, then read from the folder `kind` of the cache.

    `follows_from` is all that the result follows from; another of it has a file of its own. `facts` are written into
    the file for whoever looks at it. Raises WeightsError for a file that is damaged, which it says to delete, and where
    the disk refuses one.
    """
    digest = hashlib.sha256()
    for part in follows_from:
        digest.update(part)
    path = cache_folder() / kind / f"{name}-{digest.hexdigest()[:16]}.safetensors"
    if path.is_file():
        try:
            return load_weights(path)[0][kind]
        except WeightsError as error:
            raise WeightsError(f"{error}; or delete {path}: it is made again") from error
    found = make()
    make_folder(path.parent)
    save_weights(path, {kind: found}, facts)
    return found
