"""`assay jobs`."""
