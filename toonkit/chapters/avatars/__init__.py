"""Photographs of faces into drawn avatars and back: one pair of styles, both of them open pictures."""
