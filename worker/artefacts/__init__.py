"""From a version on chain to verified bytes on disk: `worker.artefacts.store.ArtefactStore`."""
