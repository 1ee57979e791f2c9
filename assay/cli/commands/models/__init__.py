"""`assay models`."""
