"""Each report's own numbers and claims, as data, and the rule that decides a claim."""
