"""Where files are put: the option, or else the setting."""

from __future__ import annotations

from assay.cli import settings
from assay.cli.errors import SettingsError
from assay.cli.session import Session
from assay.publish.stores.base import Store
from assay.publish.stores.opening import open_store


def chosen(session: Session, option: str | None, public: str | None) -> Store | None:
    """None where neither names a store. Raises SettingsError and UnknownStoreError."""
    faults = list(settings.told_to_all({"store": option}))
    if faults:
        raise SettingsError(faults)
    place = option or session.settings.store
    if place is None:
        return None
    # The public address of the setting is that of the setting's own store.
    usual = None if option else session.settings.store_public
    return open_store(place, public=public or usual)


def required(session: Session, option: str | None) -> Store:
    """The same where there has to be one."""
    store = chosen(session, option, None)
    if store is None:
        fault = (
            "store: missing; it says where the inputs are put: set it in assay.toml, ASSAY_STORE "
            "or --store, to a folder such as ./models/mine, or a URL"
        )
        raise SettingsError([fault])
    return store
