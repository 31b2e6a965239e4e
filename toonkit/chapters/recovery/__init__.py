"""Cartoon to human recovery: seven models from cartoon to photograph, and the emoji that gives the app away."""
