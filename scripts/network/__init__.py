"""A network to develop against: a chain, the contracts, honest workers, a model."""
