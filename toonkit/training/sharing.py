"""A recipe whose networks are shared out over processes, each computing for its rows of the batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from toonkit.project.errors import TrainingError
from toonkit.training.processes import Processes
from toonkit.training.recipe import Recipe
from toonkit.training.shared_rows import BatchNormOfAll, gathered, own_rows

WHOLE = ("forward",)  # the methods of a module that work row by row, where it does not name others as `by_rows`


class Sharing:
    """Shares out what a recipe's networks compute, while it lasts (a context manager; for one process it does nothing).

    Every process has to see the same batch, and to begin with the same state and the same random numbers.
    """

    def __init__(self, recipe: Recipe, processes: Processes) -> None:
        self.recipe, self.processes = recipe, processes
        self.inside = False  # a network that is being shared out, whose own parts are called as they are
        self.calls = 0  # that were shared out so far
        self.hooks: list[Any] = []
        self.wrapped: list[tuple[nn.Module, str]] = []

    def __enter__(self) -> Sharing:
        if self.processes.count > 1:
            self.share_out()
        return self

    def share_out(self) -> None:
        """Begin to share; also what a single process does that only counts what it would tell others."""
        named = self.recipe.networks | {type(module).__name__: module for module in self.recipe.frozen}
        for name, module in named.items():
            for method in getattr(module, "by_rows", WHOLE):
                self._wrap(name, module, method)
        self.hooks = [one.register_step_pre_hook(self._average_gradients) for one in self.recipe.optimisers.values()]

    def __exit__(self, *_: Any) -> None:
        for hook in self.hooks:
            hook.remove()
        for module, method in self.wrapped:
            delattr(module, method)

    def check_used(self) -> None:
        """Raise TrainingError where a step shared nothing out: more processes would all do the same."""
        if self.hooks and not self.calls:
            raise TrainingError(
                f"{self.recipe.name} calls none of its networks as a whole, so each of several processes would compute "
                "everything; train it in one process"
            )

    def check_alike(self) -> None:
        """Raise TrainingError where the processes no longer have the same state."""
        if self.processes.count > 1:
            self.processes.check_alike(state_digest(self.recipe))

    def _wrap(self, name: str, module: nn.Module, method: str) -> None:
        """Put in a method's place one that sees this process's rows and returns everybody's."""
        inner = getattr(module, method)

        def shared(*args: Any, **options: Any) -> Any:
            if self.inside:
                return inner(*args, **options)
            self.calls += 1
            given = _mapped(args, lambda whole: own_rows(whole, self.processes))
            rows = _row_counts(given)
            if len(rows) != 1:
                raise TrainingError(
                    f"{name}.{method} is given tensors of {sorted(rows)} rows, which cannot be shared out; "
                    "train in one process"
                )
            with self._within(name, method):
                made = inner(*given, **options)
            if _row_counts(made) != rows:
                raise TrainingError(f"{name}.{method} does not return a row for each of its own; train in one process")
            return _mapped(made, lambda part: gathered(part, self.processes))

        setattr(module, method, shared)
        self.wrapped.append((module, method))

    @contextmanager
    def _within(self, name: str, method: str) -> Iterator[None]:
        """A network at work on its rows. Raises TrainingError where it draws random numbers of its own."""
        before = _random_states(self.processes)
        self.inside = True
        try:
            with BatchNormOfAll(self.processes):
                yield
        finally:
            self.inside = False
        after = _random_states(self.processes)
        if not all(torch.equal(*pair) for pair in zip(before, after, strict=True)):
            raise TrainingError(
                f"{name}.{method} draws random numbers of its own (dropout, say), which several processes would draw "
                "otherwise than one; draw them in the recipe, or train in one process"
            )

    def _average_gradients(self, optimiser: Optimizer, *_: Any) -> None:
        """Give every weight its mean gradient over the processes, in one message for each type of number."""
        weights = [weight for group in optimiser.param_groups for weight in group["params"]]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        for kind in dict.fromkeys(gradient.dtype for gradient in gradients):
            alike = [gradient for gradient in gradients if gradient.dtype == kind]
            mean = self.processes.mean(torch.cat([gradient.reshape(-1) for gradient in alike]))
            for gradient, part in zip(alike, mean.split([gradient.numel() for gradient in alike]), strict=True):
                gradient.copy_(part.view_as(gradient))


def state_digest(recipe: Recipe) -> str:
    """SHA-256 of the networks' weights and the pools' pictures."""
    tensors = [tensor for network in recipe.networks.values() for tensor in network.state_dict().values()]
    tensors += [pool.pictures for pool in recipe.pools.values() if pool.pictures is not None]
    state = hashlib.sha256()
    for tensor in tensors:
        state.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return state.hexdigest()


def _random_states(processes: Processes) -> list[Tensor]:
    states = [torch.get_rng_state()]
    if processes.device.startswith("cuda"):
        states.append(torch.cuda.get_rng_state(processes.device))
    return states


def _mapped(found: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same nest of tuples, lists and dicts with every tensor changed."""
    if isinstance(found, Tensor):
        return change(found)
    if isinstance(found, dict):
        return {name: _mapped(part, change) for name, part in found.items()}
    if isinstance(found, list | tuple):
        return type(found)([_mapped(part, change) for part in found])
    return found


def _row_counts(found: Any) -> set[int]:
    """The numbers of rows of the tensors in a nest; 0 for one without rows."""
    counts: set[int] = set()
    _mapped(found, lambda tensor: counts.add(len(tensor) if tensor.dim() else 0) or tensor)
    return counts
