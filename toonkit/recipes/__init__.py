"""Recipes: one report, one file."""
