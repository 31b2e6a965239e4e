"""Where an answer differs from what was expected, in a sentence that does not give the solution away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor


def difference(answer: Any, wanted: Any, tolerance: float = 1e-5, where: str = "your answer") -> str:
    """A sentence on the first difference, or an empty text. `tolerance` is absolute.

    `wanted` says what is asked for. Where it is a number, a Python or NumPy number and a 0-d tensor or array will do,
    also inside tuples, lists and dicts. Where it is a tensor, a tensor of its shape and kind of type is asked for:
    floating point of any precision for floating point, else the very type.
    """
    if answer is None and wanted is not None:
        return f"{where} is None: is a `return` missing?"
    if isinstance(wanted, str | bool | type(None)):
        truth = isinstance(answer, Tensor) and answer.dtype == torch.bool and answer.ndim == 0
        answer = answer.item() if truth or isinstance(answer, np.bool_) else answer
        same = type(answer) is type(wanted) and answer == wanted
        return "" if same else f"{where} is {answer!r}, but {wanted!r} was expected."
    if isinstance(wanted, Mapping):
        return _mappings(answer, wanted, tolerance, where)
    if isinstance(wanted, tuple | list):
        return _sequences(answer, wanted, tolerance, where)
    if is_number(wanted):
        return _numbers(answer, wanted, tolerance, where)
    if isinstance(wanted, Tensor | np.ndarray):
        return _tensors(answer, wanted, tolerance, where)
    return "" if answer == wanted else f"{where} is {answer!r}, but {wanted!r} was expected."


def is_number(value: Any) -> bool:
    """A Python or NumPy number, or a tensor or array of no dimensions; truth values are no numbers."""
    if isinstance(value, Tensor):
        return value.ndim == 0 and value.dtype != torch.bool
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype != bool
    return isinstance(value, int | float | complex | np.number) and not isinstance(value, bool)


def _mappings(answer: Any, wanted: Mapping[Any, Any], tolerance: float, where: str) -> str:
    if not isinstance(answer, Mapping):
        return f"{where} is a {type(answer).__name__}, but a {type(wanted).__name__} was expected."
    if set(answer) != set(wanted):
        return f"{where} has the entries {list(answer)}, but {list(wanted)} were expected."
    found = (difference(answer[key], wanted[key], tolerance, f"{where}[{key!r}]") for key in wanted)
    return next(filter(None, found), "")


def _sequences(answer: Any, wanted: tuple[Any, ...] | list[Any], tolerance: float, where: str) -> str:
    if isinstance(answer, Tensor | np.ndarray) and wanted and all(map(is_number, wanted)) and answer.ndim == 1:
        answer = answer.tolist()
    if not isinstance(answer, tuple | list):
        return f"{where} is a {type(answer).__name__}, but a {type(wanted).__name__} was expected."
    if len(answer) != len(wanted):
        return f"{where} has the length {len(answer)}, but {len(wanted)} was expected."
    pairs = enumerate(zip(answer, wanted, strict=True))
    found = (difference(mine, theirs, tolerance, f"{where}[{k}]") for k, (mine, theirs) in pairs)
    return next(filter(None, found), "")


def _numbers(answer: Any, wanted: Any, tolerance: float, where: str) -> str:
    if not is_number(answer):
        shape = f" of shape {tuple(answer.shape)}" if isinstance(answer, Tensor | np.ndarray) else ""
        return f"{where} is a {type(answer).__name__}{shape}, but a number was expected."
    mine, theirs = (complex(_array(value).item()) for value in (answer, wanted))
    same = mine == theirs or abs(mine - theirs) <= tolerance or (np.isnan(mine) and np.isnan(theirs))
    return "" if same else f"{where} is {_array(answer).item():.6g}, but {_array(wanted).item():.6g} was expected."


def _tensors(answer: Any, wanted: Tensor | np.ndarray, tolerance: float, where: str) -> str:
    kind = "tensor" if isinstance(wanted, Tensor) else "array"
    if not isinstance(answer, Tensor if kind == "tensor" else Tensor | np.ndarray):
        return f"{where} is a {type(answer).__name__}, but a {kind} was expected."
    if tuple(answer.shape) != tuple(wanted.shape):
        return f"{where} has shape {tuple(answer.shape)}, but {tuple(wanted.shape)} was expected."
    mine, theirs = _array(answer), _array(wanted)
    if mine.dtype != theirs.dtype and not (mine.dtype.kind == theirs.dtype.kind == "f"):
        return f"{where} is of type {mine.dtype}, but {theirs.dtype} was expected."
    gap = np.abs(mine.astype(complex) - theirs.astype(complex))
    gap = np.where((mine == theirs) | (np.isnan(mine) & np.isnan(theirs)), 0, np.where(np.isnan(gap), np.inf, gap))
    if not gap.size or gap.max() <= tolerance:
        return ""
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return (
        f"{where} is wrong: {(gap > tolerance).mean():.0%} of the values differ; the largest difference at "
        f"{tuple(map(int, worst))}: {mine[worst]:.6g}, but {theirs[worst]:.6g} was expected."
    )


def _array(value: Any) -> np.ndarray:
    return np.asarray(value.detach().cpu().numpy() if isinstance(value, Tensor) else value)
