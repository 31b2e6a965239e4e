"""The exercises of the course: for each a check of the learner's own object, and hints in stages.

One module a notebook. Nothing in a notebook shows what a check compares with.
"""
