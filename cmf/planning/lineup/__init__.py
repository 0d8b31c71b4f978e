"""From a line-up to a planning problem, and back."""
