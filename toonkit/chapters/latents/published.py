"""Stable Diffusion's autoencoder, with the methods of ours: 512 px pictures to latents (4, 64, 64) and back."""

from __future__ import annotations

from diffusers import AutoencoderKL
from torch import Tensor, nn

from toonkit.images.sources import open_source
from toonkit.project.errors import PictureError

NAME = "sd-vae-ft-mse"
FACTOR = 8  # pixels a side for each place of the latent


class PublishedAutoencoder(nn.Module):
    """Pictures (N, 3, H, W) in [-1, 1]; latents (N, 4, H / 8, W / 8), times its scaling factor: deviation about 1."""

    multiple = FACTOR

    def __init__(self, network: AutoencoderKL) -> None:
        super().__init__()
        self.network = network
        self.channels = network.config.latent_channels
        self.scaling = network.config.scaling_factor  # 0.18215: 1 / deviation of the latents it was trained on

    def encode(self, pictures: Tensor) -> Tensor:
        """Latents, the posterior's mean (eq. 1). Raises PictureError where a side is no multiple of 8."""
        height, width = pictures.shape[-2:]
        if height % FACTOR or width % FACTOR:
            raise PictureError(f"a picture of {width}x{height} pixels has no latent; sides are multiples of {FACTOR}")
        return self.network.encode(pictures).latent_dist.mean.float() * self.scaling

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) of latents; values may leave [-1, 1] a little."""
        return self.network.decode(latents / self.scaling).sample.float()


def load_published_autoencoder() -> PublishedAutoencoder:
    """The network with its published weights, frozen. Raises SourceError, naming the command, where it is not here."""
    folder = open_source(NAME)
    network = AutoencoderKL.from_pretrained(folder, use_safetensors=True, local_files_only=True)
    return PublishedAutoencoder(network).eval().requires_grad_(False)
