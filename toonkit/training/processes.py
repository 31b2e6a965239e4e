"""The processes of one run: who they are, what they say to each other, and how all end when one does.

`accelerate launch` and `torchrun` start them alike: with their number and their count in the environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from toonkit.project.errors import ToonkitError, TrainingError

PATIENCE = timedelta(minutes=10)  # for which a process waits for the others


@dataclass(frozen=True)
class Processes:
    """This process is number `rank` of `count`, and number `local` of its machine."""

    rank: int = 0
    count: int = 1
    local: int = 0
    device: str = "cpu"  # where what they say to each other lies

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and speaks."""
        return self.rank == 0

    def decide(self, question: Callable[[], Any]) -> Any:
        """What the first process answers (as JSON keeps it), to all. Its ToonkitError is raised in every process."""
        if self.count == 1:
            return question()
        error: ToonkitError | None = None
        answer = None
        if self.first:
            try:
                answer = question()
            except ToonkitError as refused:
                error = refused
        said = json.dumps([str(error) if error else None, answer]).encode()
        problem, answer = json.loads(self.tell(said))
        if error:
            raise error
        if problem:
            raise TrainingError(f"the first process says: {problem}")
        return answer

    def tell(self, content: bytes) -> bytes:
        """The first process's bytes, in all; the others' are not looked at."""
        length = torch.tensor([len(content)], device=self.device)
        _exchange(dist.broadcast, length, 0)
        mine = bytearray(content if self.first else int(length))
        whole = torch.frombuffer(mine, dtype=torch.uint8).to(self.device)  # (length,)
        _exchange(dist.broadcast, whole, 0)
        return whole.cpu().numpy().tobytes()

    def gather(self, rows: Tensor) -> Tensor:
        """The rows (n, ...) of all processes, one after the other: (count n, ...)."""
        parts = [torch.empty_like(rows, memory_format=torch.contiguous_format) for _ in range(self.count)]
        _exchange(dist.all_gather, parts, rows.contiguous())
        return torch.cat(parts)

    def mean(self, tensor: Tensor) -> Tensor:
        """The mean of a tensor over the processes; the same bits in each of them."""
        total = tensor.clone(memory_format=torch.contiguous_format)
        _exchange(dist.all_reduce, total)
        return total / self.count

    def check_alike(self, digest: str) -> None:
        """Raise TrainingError where another process's digest differs: their states have come apart."""
        mine = torch.frombuffer(bytearray(bytes.fromhex(digest)), dtype=torch.uint8)[None].to(self.device)
        if not bool((self.gather(mine) == mine).all()):
            raise TrainingError(
                "the processes of this run no longer have the same weights; the checkpoint before stands; start them "
                "on machines of one kind, or train in one process"
            )


def launched(device: str = "cpu") -> Processes:
    """This process among those that a launcher started; alone where none did.

    `device` "cuda" becomes the GPU of its number on its machine. Raises ToonkitError where accelerate was asked for
    several processes on CPUs, of which it starts one.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1 and os.environ.get("ACCELERATE_USE_CPU") == "True" and "MASTER_PORT" in os.environ:
        raise ToonkitError(
            "accelerate starts a single process for --cpu; several are started by "
            "`accelerate launch --multi_gpu --num_processes N`, on CPUs too, or by torchrun"
        )
    local = int(os.environ.get("LOCAL_RANK", "0"))
    own = f"cuda:{local}" if device == "cuda" and count > 1 else device
    return Processes(int(os.environ.get("RANK", "0")), count, local, own)


@contextmanager
def together(processes: Processes) -> Iterator[None]:
    """While this lasts the processes hear each other; does nothing for one, or where they do already.

    After an error nothing is waited for: the connections end with this process, and the others with them.
    """
    if processes.count == 1 or dist.is_initialized():
        yield
        return
    backend = "nccl" if processes.device.startswith("cuda") else "gloo"
    _exchange(dist.init_process_group, backend, timeout=PATIENCE)
    yield
    dist.destroy_process_group()


def _exchange(operation: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """An operation of all processes. Raises TrainingError where another one does not take part."""
    try:
        operation(*arguments, **options)
    except RuntimeError as error:  # what torch raises for a connection that is closed, and for one that is silent
        first = str(error).strip().split("\n")[0]
        raise TrainingError(
            f"another process of this run has stopped, or does not answer ({first}); the checkpoint before stands; "
            "look at what that process said, then start them all again"
        ) from error
