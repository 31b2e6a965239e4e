"""More styles for a trained CartoonGAN."""
