"""Writes the pictures of the worked example anew."""

from tests.nn.golden import VIEWS, drawn, golden, told

for view in VIEWS:
    golden(view).write_text(told(drawn(view)), encoding="utf-8", newline="\n")
