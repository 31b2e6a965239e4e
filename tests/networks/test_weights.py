"""Weights files: whole or refused."""

from __future__ import annotations

import errno
import os
import pickle

import pytest
import torch
from torch import nn

from toonkit.networks.weights import load_into, load_weights, save_weights
from toonkit.project.errors import WeightsError

TENSORS = {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor([1, 2]), "c": torch.tensor(7)}


def test_what_is_saved_is_loaded_and_the_same_bytes_come_twice(tmp_path):
    digest = save_weights(tmp_path / "one.safetensors", TENSORS, {"filters": 8})
    assert digest == save_weights(tmp_path / "two.safetensors", dict(reversed(TENSORS.items())), {"filters": 8})
    tensors, config = load_weights(tmp_path / "one.safetensors")
    assert config == {"filters": 8} and tensors.keys() == TENSORS.keys()
    assert all(
        torch.equal(tensors[name], TENSORS[name]) and tensors[name].dtype == TENSORS[name].dtype for name in TENSORS
    )
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "two.safetensors").read_bytes()


def test_any_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_weights(path, TENSORS, {"filters": 8})
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with pytest.raises(WeightsError):
            load_weights(path)


def test_a_cut_a_missing_and_a_pickled_file_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    with pytest.raises(WeightsError, match="no weights at"):
        load_weights(path)
    save_weights(path, TENSORS, {})
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(WeightsError, match="no whole safetensors file"):
        load_weights(path)
    torch.save(TENSORS, path)
    with pytest.raises(WeightsError, match="pickled"):
        load_weights(path)
    path.write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(WeightsError, match="pickled"):
        load_weights(path)


def test_a_full_disk_leaves_the_last_good_file(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    save_weights(path, TENSORS, {"step": 1})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WeightsError, match="disk is full"):
        save_weights(path, TENSORS, {"step": 2})
    assert load_weights(path)[1] == {"step": 1} and [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_tied_weights_are_kept_under_both_names(tmp_path):
    def tied() -> nn.Sequential:
        network = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 5, bias=False))
        network[1].weight = network[0].weight
        return network

    network = tied()
    save_weights(tmp_path / "tied.safetensors", network.state_dict(), {})
    tensors, _ = load_weights(tmp_path / "tied.safetensors")
    assert torch.equal(tensors["0.weight"], network[0].weight) and torch.equal(tensors["1.weight"], network[0].weight)
    other = tied()
    load_into(other, tensors, "tied")
    assert torch.equal(other[0].weight, network[0].weight) and other[1].weight is other[0].weight


def test_another_architecture_is_named():
    with pytest.raises(WeightsError, match=r"bias is \(2,\), not \(4,\)"):
        load_into(nn.Linear(3, 4), nn.Linear(3, 2).state_dict(), "these weights")
    with pytest.raises(WeightsError, match="bias is missing"):
        load_into(nn.Linear(3, 4), nn.Linear(3, 4, bias=False).state_dict(), "these weights")
