"""What an exercise is, and how a check runs the learner's object on many inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from toonkit.course.checks.compare import difference, is_number

Attempt = Callable[..., Any]  # what the learner wrote


class WrongAnswer(AssertionError):
    """The learner's object is wrong; the message says what differed on which input."""


class NotSolved(Exception):
    """The learner's object still raises NotImplementedError."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: `test` raises WrongAnswer or NotSolved, or accepts; `hints` tell more and more."""

    name: str  # of the function that the learner writes
    test: Callable[[Attempt], None]
    hints: tuple[str, ...]


def exercise(*hints: str) -> Callable[[Callable[[Attempt], None]], Exercise]:
    """Make an Exercise of a check function, under its name."""
    return lambda test: Exercise(test.__name__, test, hints)


@dataclass(frozen=True)
class Case:
    """One input of an attempt: `words` tell it apart in a message."""

    words: str
    inputs: tuple[Any, ...]


def case(words: str, *inputs: Any) -> Case:
    """A Case of `inputs`."""
    return Case(words, inputs)


def same_on(
    attempt: Attempt,
    reference: Callable[..., Any],
    cases: Iterable[Case],
    tolerance: float = 1e-5,
    untouched: bool = False,
) -> None:
    """Raise WrongAnswer on the first case on which `attempt` does not return what `reference` returns.

    Both get copies of the inputs. With `untouched`, an attempt that changes its inputs is wrong too.
    """
    for one in cases:
        given = copy.deepcopy(one.inputs)
        answer = call(attempt, given, one)
        differing = difference(answer, reference(*copy.deepcopy(one.inputs)), tolerance)
        if not differing and untouched and difference(given, one.inputs, 0.0):
            differing = "the answer is right, but your function changed its inputs; leave them as they were."
        if differing:
            raise WrongAnswer(f"On {described(one)}: {differing}")


def same_slopes_on(
    loss: Attempt, reference: Callable[..., Tensor], cases: Iterable[Case], by: Sequence[int], tolerance: float = 1e-5
) -> None:
    """The same for a loss: its value, and its gradient by the arguments whose places are `by`."""
    for one in cases:
        mine, my_slopes = _value_and_slopes(loss, one, by)
        theirs, slopes = _value_and_slopes(reference, one, by)
        differing = difference(mine, theirs.detach(), tolerance)
        for place in by if not differing else ():
            which = f"the gradient by argument {place + 1} of your loss"
            if my_slopes[place] is None:
                raise WrongAnswer(f"On {described(one)}: {which} is missing: nothing trains. Is something detached?")
            differing = differing or difference(my_slopes[place], slopes[place], tolerance, which)
        if differing:
            raise WrongAnswer(f"On {described(one)}: {differing}")


def _value_and_slopes(loss: Attempt, one: Case, by: Sequence[int]) -> tuple[Any, dict[int, Tensor | None]]:
    """The loss, and its gradients by place; None where none flows."""
    inputs = copy.deepcopy(one.inputs)
    leaves = [inputs[place].requires_grad_(True) for place in by]
    value = call(loss, inputs, one)
    if not isinstance(value, Tensor) or not is_number(value):
        wrong = difference(value, torch.zeros(()))
        raise WrongAnswer(f"On {described(one)}: {wrong or 'your answer is a plain number; a loss is a 0-d tensor.'}")
    if not value.requires_grad:
        return value, dict.fromkeys(by)
    slopes = call(lambda: torch.autograd.grad(value, leaves, allow_unused=True), (), one)
    return value.detach(), dict(zip(by, slopes, strict=True))


def call(attempt: Attempt, inputs: tuple[Any, ...], one: Case) -> Any:
    """What `attempt` returns. Raises NotSolved for an open exercise and WrongAnswer where it breaks."""
    try:
        return attempt(*inputs)
    except NotImplementedError as error:
        raise NotSolved from error
    except Exception as error:
        raise WrongAnswer(f"On {described(one)}: it raised {type(error).__name__}: {error}") from error


def described(one: Case) -> str:
    """A case in words: what it is, and its inputs, tensors by their shapes."""
    return f"{one.words} ({', '.join(map(_short, one.inputs))})"


def _short(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    text = type(value).__name__ if callable(value) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def generator(seed: int) -> torch.Generator:
    """A generator of one check's inputs: the same on every machine."""
    return torch.Generator().manual_seed(seed)


def uniform(shape: Sequence[int], seed: int, low: float = -1.0, high: float = 1.0) -> Tensor:
    """Off-grid numbers of U(low, high), float32."""
    return torch.rand(tuple(shape), generator=generator(seed)) * (high - low) + low


def normal(shape: Sequence[int], seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Numbers of N(0, 1)."""
    return torch.randn(tuple(shape), generator=generator(seed), dtype=dtype)


def choices(shape: Sequence[int], seed: int, count: int) -> Tensor:
    """Whole numbers of 0 to count - 1, int64."""
    return torch.randint(0, count, tuple(shape), generator=generator(seed))
