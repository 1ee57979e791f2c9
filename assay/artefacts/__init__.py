"""From a version on chain to verified bytes on disk: `assay.artefacts.store.ArtefactStore`."""
