"""Image Toonification's CartoonGAN: photographs into cartoons."""
