"""Forms that only their own page can send: a signed token in the form, bound to a cookie of the visitor."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.engine.card_codes import derive_key
from offers.model.ids import Chance

COOKIE = "tessera_form"
LIFE = timedelta(hours=24)
_VISITOR = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"(\d{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGuard:
    """Issues tokens and reads them back. Another site can send our form, but cannot know the visitor's cookie.

    Every token carries a nonce of its own, unguessable: it names the submission, so that sending twice is once.
    """

    code_key: bytes
    chance: Chance

    def visitor(self, cookie: str | None) -> str:
        """Give the visitor's cookie: the one sent, or a new one."""
        return cookie if cookie and _VISITOR.fullmatch(cookie) else self.chance(16).hex()

    def issue(self, visitor: str, *, at: datetime) -> str:
        claims = f"{int(at.timestamp())}.{self.chance(16).hex()}"
        return f"{claims}.{self._sign(visitor, claims)}"

    def read(self, token: str, visitor: str | None, *, at: datetime) -> str | None:
        """Give the nonce of a token issued to this visitor within a day; None for any other."""
        parts = _TOKEN.fullmatch(token)
        if parts is None or visitor is None:
            return None
        issued, nonce, signature = parts.groups()
        genuine = hmac.compare_digest(signature, self._sign(visitor, f"{issued}.{nonce}"))
        age_s = at.timestamp() - int(issued)
        return nonce if genuine and -1 <= age_s <= LIFE.total_seconds() else None

    def _sign(self, visitor: str, claims: str) -> str:
        key = derive_key(self.code_key, "forms")
        return hmac.new(key, f"{visitor}.{claims}".encode(), hashlib.sha256).hexdigest()
