"""The exercises of notebook 05."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.course.checks.compare import difference
from toonkit.course.checks.exercise import (
    Attempt,
    Case,
    WrongAnswer,
    call,
    case,
    described,
    exercise,
    normal,
    same_on,
    uniform,
)
from toonkit.networks.adapters import AdaptedLayer, parameter_count


def _counted(a: int, b: int, k: int) -> int:
    layer = AdaptedLayer(nn.Conv2d(a, b, k), nn.BatchNorm2d(b), "series", "photo")
    layer.add("ink", "photo")
    return parameter_count(layer.domains["ink"])


@exercise(
    "The matrix mixes what comes *out* of the convolution; a norm has a scale and a shift for each channel.",
    "So neither a nor k counts: a matrix of b x b, and two norms of 2 b numbers.",
)
def series_cost(attempt: Attempt) -> None:
    layers = ((3, 16, 7), (16, 32, 3), (64, 64, 3), (32, 8, 1), (1, 1, 5), (5, 4, 4))
    same_on(attempt, _counted, [case(f"{a} to {b} channels, {k} x {k}", a, b, k) for a, b, k in layers], tolerance=0)


def _folded(kernel: Tensor, matrix: Tensor) -> Tensor:
    return kernel + F.pad(matrix[..., None, None], [kernel.shape[-1] // 2] * 4)


@exercise(
    "A 1x1 kernel is a k x k kernel that is zero but in the centre.",
    "Clone the kernel, and add the matrix to its numbers at [:, :, k // 2, k // 2].",
)
def folded(attempt: Attempt) -> None:
    shapes = ((7, 5, 7), (4, 4, 3), (3, 6, 5), (2, 3, 1), (6, 1, 3))
    cases = [
        case(f"{a} to {b} channels, {k} x {k}", normal((b, a, k, k), seed), normal((b, a), seed + 50))
        for seed, (b, a, k) in enumerate(shapes)
    ]
    same_on(attempt, _folded, cases, untouched=True)


def between_states(one: dict[str, Tensor], other: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The reference of `between`: each tensor a weighted mean of the two."""
    return {key: torch.lerp(one[key], other[key], share) for key in one}


@exercise(
    "A weighted mean of the two tensors of each key; at 0 it is the first.",
    "A new dictionary: for each key (1 - share) times one's tensor plus share times the other's.",
)
def between(attempt: Attempt) -> None:
    shapes = {"norm.weight": (4,), "adapter.1.weight": (4, 3, 1, 1), "bias": (), "a": (2, 5)}
    one = {key: normal(shape, k) for k, (key, shape) in enumerate(shapes.items())}
    other = {key: normal(shape, 50 + k) for k, (key, shape) in enumerate(sorted(shapes.items()))}
    cases = [case(f"a share of {share}", one, other, share) for share in (0.0, 0.3, 0.5, 0.85, 1.0)]
    same_on(attempt, between_states, cases, untouched=True)


def finetuned_by_hand(network: nn.Module, photos: Tensor, targets: Tensor, steps: int) -> nn.Module:
    """The reference of `finetuned`: a copy that Adam has trained as a whole."""
    network = copy.deepcopy(network)
    weights = [weight.requires_grad_(True) for weight in network.parameters()]
    optimiser = torch.optim.Adam(weights, lr=1e-3)
    for _ in range(steps):
        gradients = torch.autograd.grad(F.l1_loss(network(photos), targets), weights)
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
        optimiser.step()
    return network


@exercise(
    "copy.deepcopy first, requires_grad_(True) on the copy, then the usual four lines of a step.",
    "One Adam for all parameters of the copy, made before the loop; in each step the loss of all pictures, zero_grad, "
    "backward, step. The given network may be frozen; leave it so.",
)
def finetuned(attempt: Attempt) -> None:
    for one in (_little(0, 1), _little(1, 4), _little(2, 7), _little(3, 0)):
        network = one.inputs[0]
        before = _states(network)
        answer = call(attempt, one.inputs, one)
        if difference(_states(network), before, 0.0):
            raise WrongAnswer(f"On {described(one)}: the network that you were given has changed; train a copy.")
        if not isinstance(answer, nn.Module) or answer is network:
            raise WrongAnswer(f"On {described(one)}: your answer is not a trained copy of the network.")
        wanted = finetuned_by_hand(*one.inputs).state_dict()
        differing = difference(dict(answer.state_dict()), dict(wanted), 1e-6, "your network's weights")
        if differing:
            raise WrongAnswer(f"On {described(one)}: {differing}")


def _states(network: nn.Module) -> dict[str, tuple[Tensor, bool]]:
    return {name: (weight.detach().clone(), weight.requires_grad) for name, weight in network.named_parameters()}


def _little(seed: int, steps: int) -> Case:
    """A small network in double precision; every other one is frozen, as released ones are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = (nn.Conv2d(3, 4, 3, padding=1), nn.InstanceNorm2d(4), nn.LeakyReLU(0.2), nn.Conv2d(4, 3, 1), nn.Tanh())
        network = nn.Sequential(*layers).double().requires_grad_(seed % 2 == 0)
    photos, targets = (uniform((3, 3, 6, 5), 10 * seed + k).double() for k in (1, 2))
    return case(f"{steps} steps", network, photos, targets, steps)
