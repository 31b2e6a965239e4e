"""How long a run takes, and what it costs, on GPUs that are not here: arithmetic on one measured step."""

from __future__ import annotations

from dataclasses import dataclass

from toonkit.project.errors import ToonkitError

STATES = 4  # numbers kept for each weight: itself, its gradient, Adam's two means


@dataclass(frozen=True)
class Step:
    """What one step of a run does, for a whole batch."""

    batch: int  # pictures
    seconds: float  # measured, on this machine
    flops: float  # floating-point operations, forward and backward
    weights: int  # bytes that learn
    frozen: int  # bytes that do not
    activations: int  # bytes kept for the backward pass
    exchanged: int  # bytes of what networks make, which several processes gather
    operations: int = 0  # tensor operations, views apart: each is one program that a GPU is told to begin


@dataclass(frozen=True)
class Gpu:
    """A GPU as its maker states it, and what of it a run is taken to use.

    The defaults are an A100's: 312 TFLOP/s in bfloat16; NVLink's 600 GB/s, of which a ring may have half.
    """

    tflops: float = 312.0  # 10^12 operations a second, at most
    utilisation: float = 0.2  # share of them that small convolutions reach; a guess, better replaced by a measurement
    link: float = 300.0  # GB (10^9 bytes) a second between two GPUs
    launch: float = 8.0  # microseconds to begin an operation: small networks wait for this, not for arithmetic

    def __post_init__(self) -> None:
        if not (self.tflops > 0 and 0 < self.utilisation <= 1 and self.link > 0 and self.launch >= 0):
            raise ToonkitError(
                f"{self.tflops} TFLOP/s, utilisation {self.utilisation}, {self.link} GB/s, {self.launch} microseconds: "
                "the first and the third are above 0, utilisation is a share of at most 1, the last is at least 0"
            )


@dataclass(frozen=True)
class Estimate:
    """A whole run on `gpus` of them."""

    gpus: int
    pictures_per_second: float
    memory: float  # bytes on each
    hours: float
    cost: float | None  # in the price's currency


def step_seconds(step: Step, gpu: Gpu, count: int) -> float:
    """Seconds of a step that `count` GPUs share: operations, and what they tell each other around a ring.

    Arithmetic is shared out; beginning the operations is not, and the longer of the two counts. A gathered tensor
    reaches each GPU but for its own part, 1 - 1 / count of it; gradients go around twice.
    """
    arithmetic = step.flops / (count * gpu.tflops * 1e12 * gpu.utilisation)
    computing = max(arithmetic, step.operations * gpu.launch / 1e6)
    telling = (1 - 1 / count) * (step.exchanged + 2 * step.weights) / (gpu.link * 1e9)
    return computing + telling


def memory(step: Step, count: int) -> float:
    """Bytes on each GPU: all weights with what learning keeps of them, and its share of the activations."""
    return STATES * step.weights + step.frozen + step.activations / count


def estimate(step: Step, gpu: Gpu, steps: int, count: int, price: float | None = None) -> Estimate:
    """A run of `steps` on `count` GPUs at `price` an hour each. Raises ToonkitError where they cannot share a batch."""
    if count < 1 or step.batch % count:
        raise ToonkitError(f"a batch of {step.batch} cannot be shared out over {count} GPUs")
    seconds = step_seconds(step, gpu, count)
    hours = steps * seconds / 3600
    cost = None if price is None else price * count * hours
    return Estimate(count, step.batch / seconds, memory(step, count), hours, cost)
