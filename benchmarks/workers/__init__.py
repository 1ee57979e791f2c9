"""How fast the workers are, and what they ask of a node."""
