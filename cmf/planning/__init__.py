"""Planning: which module for which vehicle, over a whole line-up, at least cost, with proof."""
