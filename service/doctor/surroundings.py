"""What the doctor looks with."""

from dataclasses import dataclass

from aiohttp import ClientSession

from offers.model.clock import Clock
from offers.store.store import Store
from service.settings import Settings

PATIENCE_S = 10.0
"""So long every single question may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`store` is None when the database did not open: what needs it is left out then."""

    settings: Settings
    session: ClientSession
    clock: Clock
    store: Store | None
