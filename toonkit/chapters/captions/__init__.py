"""Captions: a BLIP that says in a sentence what a photograph or a cartoon of ToonWorld shows."""
