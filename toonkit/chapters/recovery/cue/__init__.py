"""When an emoji becomes the cue to translate: a network, taught by pairs to translate what bears it alone."""
