"""The device that is asked for, and the precision that it is fast in."""

from __future__ import annotations

from time import perf_counter

import pytest
import torch

from toonkit.project.errors import ToonkitError
from toonkit.training import devices
from toonkit.training.devices import check_compiler, check_device, fast_precision


@pytest.mark.parametrize(
    ("capabilities", "wanted"),
    [
        ({"avx2": True, "avx512_bf16": False, "amx_bf16": False}, "float32"),
        ({"avx512_f": True, "avx512_bf16": False}, "float32"),
        ({"avx512_bf16": True}, "bf16"),
        ({"amx_bf16": True}, "bf16"),
        ({"neon": True, "bf16": True}, "bf16"),
        ({}, "float32"),
    ],
)
def test_a_cpu_without_bfloat16_is_not_asked_for_it(monkeypatch, capabilities, wanted) -> None:
    monkeypatch.setattr(devices.torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert fast_precision("cpu") == wanted


def test_a_gpu_that_only_emulates_it_is_not_either(monkeypatch) -> None:
    for native, wanted in ((True, "bf16"), (False, "float32")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, native=native: native)
        assert fast_precision("cuda:1") == wanted


def test_this_machine_is_not_slow_in_what_it_is_said_to_be_fast_in() -> None:
    """A matrix product takes at most twice as long as in the other precision; emulated it takes many times as long."""
    seconds = {}
    for name, kind in (("float32", torch.float32), ("bf16", torch.bfloat16)):
        square = torch.ones(512, 512, dtype=kind)
        seconds[name] = min(timed(square) for _ in range(5))
    fast = fast_precision("cpu")
    assert seconds[fast] < 2 * min(seconds.values())


def timed(square: torch.Tensor) -> float:
    began = perf_counter()
    square @ square
    return perf_counter() - began


def test_a_device_that_is_not_here_is_refused() -> None:
    assert check_device("cpu") == "cpu"
    with pytest.raises(ToonkitError, match="device 'cuda:77' is not here"):
        check_device("cuda:77")


def test_a_machine_without_a_compiler_is_told_so(monkeypatch) -> None:
    here: set[str] = set()
    monkeypatch.setattr(devices.shutil, "which", lambda name: name if name in here else None)
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(ToonkitError, match=r"wants a C\+\+ compiler, and c\+\+, .* is not here; leave it out"):
        check_compiler()
    here.add("g++")
    check_compiler()
    monkeypatch.setenv("CXX", "icpx")
    with pytest.raises(ToonkitError, match="and icpx is not here"):
        check_compiler()
