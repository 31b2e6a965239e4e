"""The device that a run is asked to train on: there, or an error; and the precision that it computes fast."""

from __future__ import annotations

import os
import shutil

import torch

from toonkit.project.errors import ToonkitError

PRECISIONS = ("float32", "bf16")
COMPILERS = ("c++", "g++", "clang++", "cl")  # of C++; torch.compile takes the one that CXX names, else such a one
BF16 = ("avx512_bf16", "amx_bf16", "bf16")  # what a CPU that computes with bfloat16 has, by torch's names


def fast_precision(device: str) -> str:
    """`bf16` where a device computes with bfloat16, else `float32`: a CPU without it takes ten times as long and more.

    A CPU of 2021 without AVX-512 took 9 s a step in bf16 and 0.4 s in float32.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    known = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return "bf16" if any(known.get(name) for name in BF16) else "float32"


def fastest() -> str:
    """The accelerator of this machine, else the CPU: for what comes out alike on either, such as frozen encodings."""
    return torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"


def check_device(name: str) -> str:
    """Return the name of a device (cpu, cuda, cuda:1, mps). Raises ToonkitError for one that is not here."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        first = str(error).splitlines()[0]
        raise ToonkitError(f"device {name!r} is not here ({first}); cpu always is") from error
    return name


def check_compiler() -> None:
    """Raise ToonkitError where torch.compile would find no C++ compiler."""
    names = (os.environ["CXX"],) if os.environ.get("CXX") else COMPILERS
    if not any(map(shutil.which, names)):
        raise ToonkitError(f"--compile wants a C++ compiler, and {', '.join(names)} is not here; leave it out")
