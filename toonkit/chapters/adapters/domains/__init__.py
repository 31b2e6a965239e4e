"""One classifier for photographs, cartoons of every style and line drawings."""
