"""How many threads torch computes with, for the time of a measurement only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from toonkit.project.environment import cores


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute with `count` threads, or one for each core where there are fewer; afterwards with as many as before."""
    import torch

    count = min(count, cores())  # more would wait for each other
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
