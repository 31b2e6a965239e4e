"""A batch's rows shared out over processes, and put together again, so that gradients come out as in one process.

Every process has the whole batch. A network sees a process's own rows only; what it makes of them is gathered. So
losses, random numbers and image pools are those of one process, whatever they are.

Backward: a loss is computed alike in every process. `gathered` hands the own rows of its gradient, times the number of
processes, to the network; `own_rows` gathers what comes out at the network's other end, and divides. A weight's mean
gradient over the processes is then its gradient in one process, by whichever way it came about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.overrides import TorchFunctionMode

from toonkit.project.errors import TrainingError
from toonkit.training.processes import Processes


def own_rows(whole: Tensor, processes: Processes) -> Tensor:
    """This process's rows of a batch: (N, ...) to (N / count, ...). Raises TrainingError where N is no multiple."""
    if len(whole) % processes.count:
        raise TrainingError(
            f"{len(whole)} rows cannot be shared out evenly over {processes.count} processes; "
            "take another batch, or a number of processes that divides it"
        )
    return _OwnRows.apply(whole, processes)


def gathered(rows: Tensor, processes: Processes) -> Tensor:
    """The whole batch of which every process has its rows: (n, ...) to (count n, ...)."""
    return _Gathered.apply(rows, processes)


class _OwnRows(Function):
    @staticmethod
    def forward(ctx: Any, whole: Tensor, processes: Processes) -> Tensor:
        ctx.processes = processes
        return whole.chunk(processes.count)[processes.rank].clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.processes.gather(gradient) / ctx.processes.count, None


class _Gathered(Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, processes: Processes) -> Tensor:
        ctx.processes = processes
        return processes.gather(rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.chunk(ctx.processes.count)[ctx.processes.rank] * ctx.processes.count, None


class _Mean(Function):
    """The mean over the processes; its gradient is the mean of theirs."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, processes: Processes) -> Tensor:
        ctx.processes = processes
        return processes.mean(tensor)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.processes.mean(gradient), None


class BatchNormOfAll(TorchFunctionMode):
    """While this lasts, batch norm that learns takes mean and variance of all processes' rows, of whatever library."""

    def __init__(self, processes: Processes) -> None:
        super().__init__()
        self.processes = processes

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        if function is F.batch_norm:
            return self._batch_norm(*args, **(kwargs or {}))
        return function(*args, **(kwargs or {}))

    def _batch_norm(
        self,
        x: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Tensor:
        """As torch.nn.functional.batch_norm, (n, C, ...) to the same shape."""
        if not training:
            return F.batch_norm(x, running_mean, running_var, weight, bias, False, momentum, eps)
        mean, variance = self._statistics(x)
        if running_mean is not None and running_var is not None:
            count = self.processes.count * x.numel() / x.shape[1]
            running_mean.lerp_(mean.detach().to(running_mean), momentum)
            running_var.lerp_(variance.detach().to(running_var) * count / (count - 1), momentum)
        wide = [-1] + [1] * (x.dim() - 2)  # (C, 1, ...)
        normed = (x - mean.view(wide)) * (variance + eps).rsqrt().view(wide)
        scaled = normed if weight is None else normed * weight.view(wide)
        return (scaled if bias is None else scaled + bias.view(wide)).to(x.dtype)

    def _statistics(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance (C,) of each channel over the rows of all processes."""
        axes = [0, *range(2, x.dim())]
        exact = x if x.dtype == torch.float64 else x.float()
        mean = _Mean.apply(exact.mean(axes), self.processes)
        difference = exact - mean.view([-1] + [1] * (x.dim() - 2))
        return mean, _Mean.apply(difference.square().mean(axes), self.processes)
