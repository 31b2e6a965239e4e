"""Toonkit: photographs into cartoons and back, five reports rebuilt as a course over a small, tested package."""

__version__ = "0.1.0"
