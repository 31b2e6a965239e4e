"""Losses: pure functions of tensors, grouped by what they compare."""
