"""The device that a run is asked to train on: there, or an error; never another one."""

from __future__ import annotations

import torch

from toonkit.project.errors import ToonkitError


def check_device(name: str) -> str:
    """Return the name of a device (cpu, cuda, cuda:1, mps). Raises ToonkitError for one that is not here."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        first = str(error).splitlines()[0]
        raise ToonkitError(f"device {name!r} is not here ({first}); cpu always is") from error
    return name
