"""More styles for the projected generator, by residual adapters."""
