"""The next batches, drawn while a step is computed: the same batches, in the same order."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import torch

from toonkit.project.errors import TrainingError
from toonkit.training.recipe import Batch, Source

AHEAD = 2  # batches that wait, for each worker


class Prefetched:
    """A source of batches whose next ones are drawn by `workers` threads, up to step `last` (exclusive).

    A context manager. With `pin` the tensors lie in pinned memory, from where a GPU fetches them without waiting. What
    goes wrong in a worker is raised at the step whose batch it is. Raises TrainingError for a source that draws from
    the global random numbers, which threads would take out of order.
    """

    def __init__(self, batches: Source, workers: int, last: int, pin: bool = False) -> None:
        if workers < 1:
            raise TrainingError(f"batches are drawn ahead by 1 worker or more, not {workers}")
        self.batches, self.workers, self.last, self.pin = batches, workers, last, pin
        self.waiting: dict[int, Future[Batch]] = {}
        count = torch.get_num_threads()  # of each operation: a new thread would take the machine's default
        self.pool = ThreadPoolExecutor(workers, "batches", lambda: torch.set_num_threads(count))

    def __enter__(self) -> Prefetched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    def __call__(self, step: int) -> Batch:
        """The batch of a step; steps are asked for one after the other."""
        if step in self.waiting:
            self._ask(step)
            return self.waiting.pop(step).result()
        first = self._first(step)
        self._ask(step)
        return first

    def _ask(self, step: int) -> None:
        """Begin the batches after a step that are not begun."""
        for number in range(step + 1, min(step + 1 + AHEAD * self.workers, self.last)):
            if number not in self.waiting:
                self.waiting[number] = self.pool.submit(self._drawn, number)

    def _first(self, step: int) -> Batch:
        """The first batch, drawn before any worker is busy, so that it can be seen what it draws from."""
        before = torch.get_rng_state()
        batch = self._drawn(step)
        if not torch.equal(before, torch.get_rng_state()):
            raise TrainingError(
                "these batches are drawn from the global random numbers, so their order matters; train without workers"
            )
        return batch

    def _drawn(self, step: int) -> Batch:
        batch = self.batches(step)
        return {name: tensor.pin_memory() for name, tensor in batch.items()} if self.pin else batch
