"""Pictures as latents; those of a report's own photographs are encoded once, then kept in the cache."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.kept import kept
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.published import PublishedAutoencoder
from toonkit.chapters.own_data import own_pictures, own_set
from toonkit.images.values import as_pictures
from toonkit.training.batches import Column, chunks
from toonkit.training.devices import fastest

TOGETHER = 8  # pictures of 512 px


@torch.no_grad()
def encoded(
    autoencoder: Autoencoder | PublishedAutoencoder, stored: Column, device: str = "cpu", together: int = 64
) -> Tensor:
    """Latents (N, C, h, w) of pictures kept as bytes (N, 3, H, W), in memory or in files, some together on a device."""
    autoencoder.to(device)
    parts = (as_pictures(stored[torch.tensor(part)]) for part in chunks(len(stored), together))
    found = torch.cat([autoencoder.encode(part.to(device)).cpu() for part in parts])
    autoencoder.to("cpu")
    return found


def own_latents(report: str, base: str, autoencoder: Autoencoder | PublishedAutoencoder, size: int) -> Tensor:
    """Latents (N, C, h, w) of the photographs for training of a built set, by the autoencoder of a latent space.

    They are kept under the digests of the pictures and the weights, so that another set or another network has its
    own. Raises ToonkitError as `own_pictures` does.
    """
    photos = own_pictures(report, "photo", "train", size)
    pictures = [row["sha256"].encode() for row in own_set(report).rows]
    weights = [
        name.encode() + weight.detach().cpu().numpy().tobytes()
        for name, weight in sorted(autoencoder.state_dict().items())
    ]
    return kept(
        "latents",
        f"{report}-{base}-{size}",
        [f"{report} {base} {size}".encode(), *pictures, *weights],
        {"report": report, "base": base, "size": size},
        lambda: encoded(autoencoder, photos, fastest(), TOGETHER),
    )
