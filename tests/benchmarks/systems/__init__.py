"""One file per system: each does the works of `works.py` as that system's users would write them."""
