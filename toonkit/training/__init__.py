"""Training: what a recipe is, one loop that trains any, and the queue of runs. Knows no recipe by name."""
