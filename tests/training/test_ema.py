"""Averages of weights: a weighted mean of what was seen; what is no weight is copied."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from toonkit.training.ema import Average


def moved(network: nn.Module, seed: int) -> None:
    """Other weights and running values; a forward pass in training lets spectral norm and batch norm follow."""
    torch.manual_seed(seed)
    for weight in network.parameters():
        nn.init.normal_(weight)
    network(torch.randn(4, 3, 8, 8))


def test_weights_and_running_values_are_weighted_means():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).train()
    average, expected = Average(network, 0.9), {key: value.clone() for key, value in network.state_dict().items()}
    for step in range(5):
        moved(network, step)
        average.update(network, step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = {key: decay * expected[key] + (1 - decay) * value for key, value in network.state_dict().items()}
    whole = "1.num_batches_tracked"
    assert all(torch.allclose(average.state[key], expected[key], atol=1e-6) for key in expected if key != whole)
    assert average.state[whole] == network.state_dict()[whole] == 5


def test_an_average_under_spectral_norm_has_the_gain_that_it_should():
    """Its weights by their own largest singular value, within what the last step's vectors miss."""
    network = nn.Sequential(spectral_norm(nn.Conv2d(3, 8, 3))).train()
    average = Average(network, 0.9)
    torch.manual_seed(0)
    start = network[0].parametrizations.weight.original.detach().clone()
    for step in range(30):
        network[0].parametrizations.weight.original.data = start + 0.02 * torch.randn_like(start)
        network[0].parametrizations.weight[0]._u.neg_() if step % 2 else None  # a pair of signs that means the same
        network[0].parametrizations.weight[0]._v.neg_() if step % 2 else None
        network(torch.randn(1, 3, 8, 8))
        average.update(network, step)
    network.load_state_dict(average.state)
    largest = torch.linalg.matrix_norm(network.eval()[0].weight.detach().flatten(1), 2)
    assert float(largest) == pytest.approx(1.0, abs=0.1)
