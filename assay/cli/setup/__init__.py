"""Parts of `assay init`."""
