"""LPIPS: how far a drawing is from its true counterpart, in features weighted by what people judged to be alike.

The linear layers come with torchmetrics. They were learnt on one network, torchvision's SqueezeNet 1.1, which
`toonkit fetch squeezenet1_1` brings. The open SqueezeNet of the course has the same architecture and another training:
its channels mean other things, and with it the layers weight at random.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch
import torchvision
from torch import Tensor
from torchmetrics.functional.image import lpips as theirs

from toonkit.metrics.scores import Score, mean_score
from toonkit.networks.official import load_pinned
from toonkit.networks.pretrained import network_ready
from toonkit.networks.torchvision_weights import load_pretrained
from toonkit.networks.weights import load_into

TRUNK = "squeezenet1_1"
LAYERS = Path(theirs.__file__).parent / "lpips_models" / "squeeze.pth"
DIGEST = "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76"  # of version 0.1, its authors' own file
NAME = f"LPIPS[{TRUNK}]"
BATCH = 50
WITHOUT = f"LPIPS: the network that its layers were learnt on is not here; `toonkit fetch {TRUNK}` brings it (5 MB)"


def lpips_ready() -> bool:
    """Whether the trunk is on this machine, without reading it."""
    return network_ready(TRUNK)


@torch.no_grad()
def lpips(drawn: Tensor, truth: Tensor, batch: int = BATCH) -> Score:
    """LPIPS of pairs of pictures (N, 3, H, W) in [-1, 1], their mean; 0 for equal pictures.

    Zhang and others, 2018, eq. 1, version 0.1, by torchmetrics. Pictures are not resized. Raises as `lpips_network`.
    """
    network = lpips_network()
    parts = zip(drawn.split(batch), truth.split(batch), strict=True)
    return mean_score(NAME, torch.cat([network(*part).flatten() for part in parts]))


@lru_cache(maxsize=1)
def lpips_network() -> theirs._LPIPS:
    """What compares two batches (N, 3, H, W) in [-1, 1] and gives (N, 1, 1, 1).

    Raises WeightsError where the layers are other bytes than their authors', and as `load_pretrained` does where the
    trunk is not here.
    """
    return lpips_on(load_pretrained(torchvision.models.squeezenet1_1(), TRUNK, ("classifier",)))


def lpips_on(trunk: torchvision.models.SqueezeNet) -> theirs._LPIPS:
    """The same on a given trunk, which LPIPS takes apart into seven slices."""
    network = theirs._NoTrainLpips(pretrained=False, net="squeeze", pnet_rand=True)  # without what it would download
    for part in network.net.slices:
        for name, stage in part.named_children():
            stage.load_state_dict(trunk.features[int(name)].state_dict())
    layers = load_pinned(LAYERS, DIGEST)
    listed_twice = {name.replace("lin", "lins.", 1): tensor for name, tensor in layers.items()}
    load_into(network, network.state_dict() | layers | listed_twice, "the layers of LPIPS")
    return network
