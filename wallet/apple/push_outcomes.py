"""What became of a push, as values; every status and reason of APNs ends in one of them."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_S = 30.0
RETRY_LIMIT_S = 3600.0

_OK = 200
_BAD_REQUEST = 400
_FORBIDDEN = 403
_GONE = 410
_TOO_MANY = 429
_SERVER_ERROR = 500

# These say that the token will never work with this pass type, not that the request was wrong.
_DEAD_TOKEN_REASONS = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic"})
_PASSING_REASONS = frozenset({"IdleTimeout"})
_REASON_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """APNs took the push."""

    apns_id: str


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The pass is gone from the device since `since`: prune registrations not newer than that."""

    since: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class BadToken:
    """The token was never good for this pass type: prune its registrations."""

    reason: str


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not now: ask again after so many seconds."""

    after_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The request or the certificate is wrong, so every other push would be too: stop and raise the alarm."""

    status: int
    reason: str


PushOutcome = Sent | Unregistered | BadToken | RetryLater | Refused


@dataclass(frozen=True, slots=True)
class Answer:
    """What APNs answered to one push."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_outcome(answer: Answer, *, at: datetime, chance: random.Random) -> PushOutcome:
    """Judge an answer; a missing or malformed body is judged by the status alone."""
    if answer.status == _OK:
        return Sent(answer.headers.get("apns-id", ""))
    reason, timestamp_ms = _read_body(answer)
    if answer.status == _GONE:
        return Unregistered(_instant(timestamp_ms), reason)
    if answer.status == _BAD_REQUEST and reason in _DEAD_TOKEN_REASONS:
        return BadToken(reason)
    if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR or reason in _PASSING_REASONS:
        return RetryLater(_retry_after_s(answer.headers.get("retry-after"), at=at, chance=chance), reason)
    return Refused(answer.status, reason)


def jittered(delay_s: float, chance: random.Random) -> float:
    """The delay give or take a quarter, so that those who failed together do not come back together."""
    return delay_s * chance.uniform(0.75, 1.25)


def _read_body(answer: Answer) -> tuple[str, object]:
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return f"status {answer.status}", None
    reason = document.get("reason")
    shown = reason[:_REASON_CHARACTERS] if isinstance(reason, str) and reason else f"status {answer.status}"
    return shown, document.get("timestamp")


def _instant(timestamp_ms: object) -> datetime | None:
    if not isinstance(timestamp_ms, int) or isinstance(timestamp_ms, bool):
        return None
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _retry_after_s(header: str | None, *, at: datetime, chance: random.Random) -> float:
    """Seconds from a retry-after header: a number or an HTTP date (RFC 9110, 10.2.3); else the usual, jittered."""
    if header is None:
        return jittered(RETRY_AFTER_S, chance)
    if header.isascii() and header.isdigit():
        return min(float(header[:9]), RETRY_LIMIT_S)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return jittered(RETRY_AFTER_S, chance)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - at).total_seconds(), 0.0), RETRY_LIMIT_S)
