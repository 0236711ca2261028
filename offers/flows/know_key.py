"""Know a key: who stands behind a secret that came with a request."""

from dataclasses import dataclass

from offers.flows.issue_key import KEY_PREFIX, SECRET_LENGTH, key_digest
from offers.model.errors import Unauthorized
from offers.model.ids import CROCKFORD
from offers.model.programme import ApiKey, Outlet, Programme
from offers.store.store import Store

_SYMBOLS = frozenset(CROCKFORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """A working key with what it belongs to; `outlet` is None for a key of the whole programme."""

    key: ApiKey
    programme: Programme
    outlet: Outlet | None


@dataclass(frozen=True, slots=True)
class KnowKey:
    """Find a key by its secret. Raises Unauthorized when it is not a key, is unknown or was revoked."""

    store: Store

    async def __call__(self, secret: str) -> KeyHolder:
        if not is_key(secret):
            raise Unauthorized
        programmes = self.store.reading.programmes
        key = await programmes.key_by_digest(key_digest(secret))
        if key is None:
            raise Unauthorized
        programme = await programmes.get(key.programme_id)
        outlet = await programmes.outlet(key.outlet_id) if key.outlet_id else None
        if programme is None or (key.outlet_id and outlet is None):
            raise Unauthorized
        return KeyHolder(key=key, programme=programme, outlet=outlet)


def is_key(text: str) -> bool:
    """Tell whether a text is shaped like a key; what is not needs no look into the database."""
    secret = text.removeprefix(KEY_PREFIX)
    return secret != text and len(secret) == SECRET_LENGTH and _SYMBOLS.issuperset(secret)
