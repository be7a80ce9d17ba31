"""Linear algebra: the functions of numpy.linalg, for stacks of matrices as for one.

The formulas are those of M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008), and for complex matrices their conjugates, by the convention of the walk.
"""

from autograd_lite.derivatives.linalg import decompositions, determinants, equations, norms, powers, singular, spectra

__all__ = ["decompositions", "determinants", "equations", "norms", "powers", "singular", "spectra"]
