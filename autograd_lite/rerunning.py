"""What others need to know of functions that are run again, so that a second run is like the first."""

from autograd_lite.transforms.checkpointed import Checkpointed as Checkpointed
from autograd_lite.transforms.checkpointed import in_full as in_full
from autograd_lite.transforms.randomness import about_to_draw as about_to_draw

__all__ = ["Checkpointed", "about_to_draw", "in_full"]
