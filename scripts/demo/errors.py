"""Every exception the demo raises on purpose, in one tree under `DemoError`."""


class DemoError(Exception):
    """The demo did not come to its end."""


class WorkerDiedError(DemoError):
    """A worker's process ended by itself."""


class TooSlowError(DemoError):
    """Something that was waited for did not happen in time."""


class StoppedError(DemoError):
    """Somebody stopped the demo: Ctrl-C, or a signal that asks for it."""
