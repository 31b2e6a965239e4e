from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from helpers import random_pictures
from torch import Tensor

from toonkit import filters

FILTERS: dict[str, Callable[[Tensor], Tensor]] = {
    "edge_tangent_flow": filters.edge_tangent_flow,
    "separable flow": lambda p: filters.edge_tangent_flow(p, separable=True),
    "line_response": filters.line_response,
    "flow_bilateral": filters.flow_bilateral,
    "luminance_quantisation": filters.luminance_quantisation,
    "abstraction": filters.abstraction,
    "edge_smoothing": filters.edge_smoothing,
    "guided_filter": filters.guided_filter,
    "colour_shift": lambda p: filters.colour_shift(p, generator=torch.Generator().manual_seed(0)),
}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.parametrize("name", FILTERS)
def test_a_gpu_gives_what_the_cpu_gives(name: str) -> None:
    pictures = random_pictures(2, 3, 60, 70, seed=11)
    on_gpu = FILTERS[name](pictures.cuda())
    assert on_gpu.is_cuda
    gap = (on_gpu.cpu() - FILTERS[name](pictures)).abs()
    # A step of the walk may round to the next pixel where the two differ in the last bit: rare, and bounded.
    assert gap.median() < 1e-5 and (gap > 1e-3).double().mean() < 0.01


@pytest.mark.parametrize("name", FILTERS)
def test_the_input_is_not_changed_and_double_precision_passes_through(name: str) -> None:
    pictures = random_pictures(2, 3, 30, 40, seed=12)
    before = pictures.clone()
    result = FILTERS[name](pictures)
    assert torch.equal(pictures, before) and result.dtype == torch.float32
    double = FILTERS[name](pictures.double())
    assert double.dtype == torch.float64
    assert ((double - result).abs() > 1e-3).double().mean() < 0.01
