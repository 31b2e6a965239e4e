"""Toonkit beside well-kept public programs: both must give one result, and are then timed in turn."""
