"""Image Toonification's residual adapters: one classifier for many domains, one generator for many styles."""
