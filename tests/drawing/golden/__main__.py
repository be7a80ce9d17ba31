"""Writes the DOT of the small graphs anew."""

from tests.drawing.golden import GRAPHS, as_lines, path

for name, draw in GRAPHS.items():
    path(name).write_text(as_lines(draw().source), encoding="utf-8", newline="\n")
    print(f"wrote {path(name).name}")
