"""`assay credit`."""
