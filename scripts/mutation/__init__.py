"""Mutation testing of the contracts: small faults are planted, and the tests have to notice."""
