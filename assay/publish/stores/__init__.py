"""Where a version's two files are put: `assay.publish.stores.opening.open_store`.

Nothing is imported here: a store loads what it needs when it is opened.
"""
