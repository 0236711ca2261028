"""Who works here: the key of a request, looked up, remembered for a few seconds, and held to its limits."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from aiohttp import web

from offers.flows.know_key import KeyHolder, KnowKey, is_key
from offers.model.errors import Unauthorized, WrongScope
from offers.model.programme import Programme, Scope, Till
from web.limits import RateLimit

REMEMBERED_S = 5.0
"""A revoked key stops working at most this much later."""
MAX_REMEMBERED = 10_000
_SCHEME = "bearer"


def _calls() -> RateLimit:
    """Every till of an outlet may share its key, and a camera sends two frames a second."""
    return RateLimit(per_minute=3_000, burst=600)


def _strangers() -> RateLimit:
    return RateLimit(per_minute=30, burst=30)


@dataclass(slots=True, kw_only=True)
class Doorkeeper:
    """Lets a request in by its `Authorization: Bearer tsk_…`.

    What the store said of a key holds for five seconds, be it yes or no, in memory of a fixed size. Only looks that
    found no key count against an address, so a till that repeats one wrong key does not lock its neighbours out.
    """

    know_key: KnowKey
    calls: RateLimit = field(default_factory=_calls)
    strangers: RateLimit = field(default_factory=_strangers)
    now_s: Callable[[], float] = monotonic
    _remembered: OrderedDict[bytes, tuple[float, KeyHolder | None]] = field(default_factory=OrderedDict)

    async def till(self, request: web.Request) -> Till:
        """Give the till behind a request. Raises Unauthorized, WrongScope, TooManyRequests."""
        holder = await self.holder(request)
        if holder.key.scope is not Scope.TILL or holder.outlet is None:
            raise WrongScope(needed=Scope.TILL)
        return Till(programme=holder.programme, outlet=holder.outlet, key_id=holder.key.id)

    async def operator(self, request: web.Request) -> Programme:
        """Give the programme an operator's request is for. Raises Unauthorized, WrongScope, TooManyRequests."""
        return (await self.operator_key(request)).programme

    async def operator_key(self, request: web.Request) -> KeyHolder:
        """Give the operator's key behind a request, for what is kept under who did it. Raises what `operator` does."""
        holder = await self.holder(request)
        if holder.key.scope is not Scope.OPERATOR:
            raise WrongScope(needed=Scope.OPERATOR)
        return holder

    async def holder(self, request: web.Request) -> KeyHolder:
        """Give whoever holds the key of a request, whatever its scope. Raises Unauthorized, TooManyRequests."""
        secret = _secret(request)
        digest = hashlib.sha256(secret.encode()).digest()
        until_s, holder = self._remembered.get(digest, (0.0, None))
        if until_s <= self.now_s():
            holder = await self._look_up(secret, request.remote or "")
            self._remember(digest, holder)
        if holder is None:
            raise Unauthorized
        self.calls.check(holder.key.id)
        return holder

    async def _look_up(self, secret: str, address: str) -> KeyHolder | None:
        self.strangers.check_only(address)
        try:
            return await self.know_key(secret)
        except Unauthorized:
            self.strangers.check(address)
            return None

    def _remember(self, digest: bytes, holder: KeyHolder | None) -> None:
        self._remembered.pop(digest, None)
        self._remembered[digest] = (self.now_s() + REMEMBERED_S, holder)
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)


def _secret(request: web.Request) -> str:
    """Give the key a request came with; what is not even shaped like one costs no look-up."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME or not is_key(secret.strip()):
        raise Unauthorized
    return secret.strip()
