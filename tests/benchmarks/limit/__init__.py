"""Works written out by hand in NumPy, derivatives and all, as fast as their authors could make them."""
