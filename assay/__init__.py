"""Assay for dapps: the protocol in Python, without a model runtime."""
