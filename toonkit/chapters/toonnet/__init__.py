"""The perceptual network that is trained on ToonWorld, and that the other chapters measure with."""
