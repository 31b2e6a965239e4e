"""Training: one loop for every recipe; checkpoints, batches, records."""
