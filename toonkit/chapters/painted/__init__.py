"""Real photographs into painted comics, by open pictures alone."""
