"""Metrics: features, then statistics, then a score with its N and its interval."""
