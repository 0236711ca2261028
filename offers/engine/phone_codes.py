"""Codes for phones: how they are made, what is kept of them, and how often one may be sent."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from offers.model.ids import Chance, ProgrammeId
from offers.model.quota import Quota

DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
PER_PHONE_HOUR, PER_PHONE_DAY = 3, 6
PER_ADDRESS_HOUR, PER_ADDRESS_DAY = 12, 40
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FAIR = (1 << 32) - (1 << 32) % 10**DIGITS


def new_code(chance: Chance) -> str:
    """Draw six digits, every code as likely as every other: what would favour the lower ones is drawn again."""
    while (drawn := int.from_bytes(chance(4), "big")) >= _FAIR:
        continue
    return f"{drawn % 10**DIGITS:0{DIGITS}}"


def code_digest(key: bytes, challenge_id: str, code: str) -> str:
    """Give what is kept of a code: under a key, for a million codes are tried in a second without one."""
    return hmac.new(key, f"{challenge_id}.{code}".encode(), hashlib.sha256).hexdigest()


def quotas_of(
    programme_id: ProgrammeId, phone: str, address: str, *, key: bytes, daily_limit: int, at: datetime
) -> list[Quota]:
    """Give every limit that one message falls under: its phone's, its asker's, and the programme's for the day."""
    to, by = _name(key, phone), _name(key, address)
    return [
        _quota(f"sms:{programme_id}:to:{to}", PER_PHONE_HOUR, _HOUR, at),
        _quota(f"sms:{programme_id}:to:{to}", PER_PHONE_DAY, _DAY, at),
        _quota(f"sms:by:{by}", PER_ADDRESS_HOUR, _HOUR, at),
        _quota(f"sms:by:{by}", PER_ADDRESS_DAY, _DAY, at),
        _quota(f"sms:{programme_id}", daily_limit, _DAY, at),
    ]


def daily_quota(name: str, limit: int, at: datetime) -> Quota:
    """Give a limit per day of UTC."""
    return _quota(name, limit, _DAY, at)


def _quota(name: str, limit: int, stretch: timedelta, at: datetime) -> Quota:
    length_s = int(stretch.total_seconds())
    number = int(at.timestamp()) // length_s
    ends_at = datetime.fromtimestamp((number + 1) * length_s, UTC)
    return Quota(key=f"{name}:{length_s}:{number}", limit=limit, ends_at=ends_at)


def _name(key: bytes, written: str) -> str:
    """Give a pseudonym: counters need no phone numbers and no addresses."""
    return hmac.new(key, written.encode(), hashlib.sha256).hexdigest()[:24]
