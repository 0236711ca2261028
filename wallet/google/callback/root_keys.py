"""Google's root keys: fetched when the last ones grow old, never because a signature failed."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import ClientError, ClientSession

from offers.model.clock import Clock
from offers.model.google_errors import CallbackKeysUnavailable, CallbackRefused
from wallet.google.answers import Answer, ask
from wallet.google.callback.envelope import PROTOCOL, instant_ms
from wallet.google.callback.verify import RootKey, public_key

KEYS_URL: Final = "https://pay.google.com/gp/m/issuer/keys"
KEYS_LIMIT: Final = 10
SHORTEST: Final = timedelta(minutes=1)
USUAL: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=7)
AGAIN: Final = timedelta(seconds=30)
_MAX_AGE: Final = re.compile(r"\bmax-age=(\d{1,9})\b")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetched:
    keys: tuple[RootKey, ...]
    fresh_until: datetime


class RootKeys:
    """Keeps the keys as long as Cache-Control and their own expiry allow; one fetch for all who wait.

    A bad signature never makes it fetch: strangers could have Google asked as often as they like. When Google does not
    answer, the last keys serve until they expire, and it is not asked again for half a minute.
    """

    def __init__(self, *, session: ClientSession, clock: Clock, url: str = KEYS_URL, timeout_s: float = 10.0) -> None:
        self._session = session
        self._clock = clock
        self._url = url
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._last = _Fetched(keys=(), fresh_until=datetime.min.replace(tzinfo=clock().tzinfo))

    async def now(self) -> Sequence[RootKey]:
        """Give the keys that have not expired. Raises CallbackKeysUnavailable when there are none."""
        if not self._is_fresh():
            async with self._turn:
                if not self._is_fresh():
                    await self._refresh()
        at = self._clock()
        keys = [key for key in self._last.keys if at < key.expires_at]
        if not keys:
            raise CallbackKeysUnavailable(retry_after_s=int(AGAIN.total_seconds()))
        return keys

    def _is_fresh(self) -> bool:
        return self._clock() < self._last.fresh_until

    async def _refresh(self) -> None:
        at = self._clock()
        try:
            answer = await ask(self._session, "GET", self._url, timeout_s=self._timeout_s)
            keys = read_keys(answer.json()) if answer.status == HTTPStatus.OK else ()
        except (ClientError, TimeoutError) as error:
            _log.warning("Google's callback keys cannot be fetched", reason=type(error).__name__)
            keys = ()
        if not keys:
            self._last = _Fetched(keys=self._last.keys, fresh_until=at + AGAIN)
            return
        first_expiry = min(key.expires_at for key in keys)
        # A key that has expired by Google's own list must not have it asked at every callback.
        fresh_until = max(at + SHORTEST, min(at + lifetime(answer), first_expiry))
        self._last = _Fetched(keys=keys, fresh_until=fresh_until)


def read_keys(document: dict[str, Any]) -> tuple[RootKey, ...]:
    """Give the keys of our protocol; one that cannot be read is passed over, so that it spoils no other."""
    listed = document.get("keys")
    keys = []
    for each in listed[:KEYS_LIMIT] if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("protocolVersion") == PROTOCOL:
            try:
                key = public_key(str(each.get("keyValue")))
                keys.append(RootKey(public=key, expires_at=instant_ms(each.get("keyExpiration"))))
            except CallbackRefused:
                continue
    return tuple(keys)


def lifetime(answer: Answer) -> timedelta:
    """Tell how long an answer may be used, by its Cache-Control and Age (RFC 9111, 4.2)."""
    said = answer.headers.get("Cache-Control", "").lower()
    if "no-store" in said or "no-cache" in said:
        return SHORTEST
    found = _MAX_AGE.search(said)
    if found is None:
        return USUAL
    age = answer.headers.get("Age", "0")
    age_s = int(age) if age.isascii() and age.isdigit() else 0
    return min(max(timedelta(seconds=int(found[1]) - age_s), SHORTEST), LONGEST)
