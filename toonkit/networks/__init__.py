"""Networks: one file per architecture, shared blocks, and perceptual features."""
