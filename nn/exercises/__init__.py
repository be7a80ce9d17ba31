"""nn.exercise: fresh networks with numbers to work through by hand."""
