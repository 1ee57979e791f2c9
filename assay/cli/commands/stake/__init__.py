"""`assay stake`."""
