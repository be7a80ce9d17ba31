"""nn.diagnose: whether the gradient gets through a network, which units are dead or saturated, and what to do."""
