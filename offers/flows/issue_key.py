"""Issue a key: the secret is shown once, its digest is what we keep."""

import hashlib
from dataclasses import dataclass

from offers.model.clock import Clock
from offers.model.ids import Chance, KeyId, ProgrammeId, crockford, new_id
from offers.model.programme import ApiKey, Outlet, Scope
from offers.store.store import Store
from offers.store.work import Work

KEY_PREFIX = "tsk_"
SECRET_LENGTH = 32
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key with its secret, `tsk_` and 160 random bits, which nobody can read back later."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class IssueKey:
    """Issue a new key; earlier ones keep working until they are revoked."""

    store: Store
    clock: Clock
    chance: Chance

    async def for_till(self, outlet: Outlet, *, name: str) -> IssuedKey:
        issued = new_key(
            outlet.programme_id, Scope.TILL, name=name, outlet=outlet, clock=self.clock, chance=self.chance
        )
        return await self._keep(issued)

    async def for_programme(self, programme_id: ProgrammeId, scope: Scope, *, name: str) -> IssuedKey:
        """Issue a key that belongs to no single outlet: the operator's, or the feed's."""
        return await self._keep(new_key(programme_id, scope, name=name, clock=self.clock, chance=self.chance))

    async def _keep(self, issued: IssuedKey) -> IssuedKey:
        async def keep(work: Work) -> IssuedKey:
            await work.programmes.add_key(issued.key)
            return issued

        return await self.store.transact(keep)


def new_key(
    programme_id: ProgrammeId, scope: Scope, *, name: str, clock: Clock, chance: Chance, outlet: Outlet | None = None
) -> IssuedKey:
    """Make a key and its secret; nothing is kept yet."""
    at = clock()
    secret = KEY_PREFIX + crockford(int.from_bytes(chance(_SECRET_BYTES), "big"), SECRET_LENGTH)
    key = ApiKey(
        id=KeyId(new_id(at, chance)),
        programme_id=programme_id,
        outlet_id=outlet.id if outlet else None,
        scope=scope,
        digest=key_digest(secret),
        name=name,
        created_at=at,
    )
    return IssuedKey(key=key, secret=secret)


def key_digest(secret: str) -> str:
    """Fingerprint a secret. It is random and long, so a plain SHA-256 gives nobody a way back."""
    return hashlib.sha256(secret.encode()).hexdigest()
