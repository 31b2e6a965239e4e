"""A recipe's whole state as flat tensors, and back: networks, averages, optimisers, image pools."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from toonkit.networks.weights import load_into
from toonkit.training.ema import Average
from toonkit.training.recipe import Recipe


def flatten(recipe: Recipe, averages: Mapping[str, Average]) -> dict[str, Tensor]:
    """Every tensor that the next step depends on, by a path-like name."""
    out = {
        f"network/{name}/{key}": value
        for name, network in recipe.networks.items()
        for key, value in network.state_dict().items()
    }
    out |= {
        f"average/{name}/{key}": value for name, average in averages.items() for key, value in average.state.items()
    }
    for name, optimiser in recipe.optimisers.items():
        for row, state in optimiser.state_dict()["state"].items():
            out |= {f"optimiser/{name}/{row}/{key}": torch.as_tensor(value) for key, value in state.items()}
    return out | {f"pool/{name}": pool.pictures for name, pool in recipe.pools.items() if pool.pictures is not None}


def restore(recipe: Recipe, averages: Mapping[str, Average], tensors: Mapping[str, Tensor]) -> None:
    """Undo `flatten`. Raises WeightsError if the tensors belong to other networks."""
    for name, network in recipe.networks.items():
        load_into(network, below(tensors, f"network/{name}"), f"the checkpoint's {name} weights")
    for name, average in averages.items():
        average.restore(below(tensors, f"average/{name}"))
    for name, optimiser in recipe.optimisers.items():
        rows: dict[int, dict[str, Tensor]] = {}
        for path, value in below(tensors, f"optimiser/{name}").items():
            row, key = path.split("/")
            rows.setdefault(int(row), {})[key] = value
        optimiser.load_state_dict({"state": rows, "param_groups": optimiser.state_dict()["param_groups"]})
    for name, pool in recipe.pools.items():
        pictures = tensors.get(f"pool/{name}")
        pool.pictures = None if pictures is None else pictures.clone()


def below(tensors: Mapping[str, Tensor], folder: str) -> dict[str, Tensor]:
    """The tensors whose name starts with `folder`/, without it."""
    return {name[len(folder) + 1 :]: value for name, value in tensors.items() if name.startswith(folder + "/")}
