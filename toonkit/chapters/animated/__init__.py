"""Animated variants of photographs: a conditional U-Net GAN with coarse and fine losses."""
