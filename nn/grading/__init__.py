"""nn.verify: hand formulas against autodiff and differences, and the known mistakes that explain what is wrong."""
