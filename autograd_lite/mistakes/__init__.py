"""How a wrong derivative differs from the right one, and the known mistakes that explain the difference."""

from autograd_lite.mistakes.diagnosis import Cause, Diagnosis, agree, common, diagnose, differing, ratio

__all__ = ["Cause", "Diagnosis", "agree", "common", "diagnose", "differing", "ratio"]
