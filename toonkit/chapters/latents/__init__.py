"""Latent diffusion: an autoencoder of photographs, and a class-conditional diffusion model in its latent space."""
