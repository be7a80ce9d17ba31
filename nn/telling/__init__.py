"""A pass told step by step: what is said (derivation), and how it is set, as text, in LaTeX and in HTML."""
