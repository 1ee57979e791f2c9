"""`assay workers`."""
