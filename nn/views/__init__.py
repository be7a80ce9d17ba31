"""Pictures of a network: its layers, its δ recursion with every number, its neurons, and its operations."""
