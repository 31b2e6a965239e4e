"""Tom and Jerry in real life: cartoons into photographs, by cross-attention of a frozen latent diffusion model."""
