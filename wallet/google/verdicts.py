"""Pure reading of Google's answers: which are done, which are worth asking again, and what a person must mend."""

from http import HTTPStatus
from typing import Any, Final

from wallet.google.answers import Answer
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 300.0
LONGEST_NAMED_PAUSE_S: Final = 3600.0
REASON_LIMIT: Final = 300
# Older Google APIs say "too fast" with 403; the reason tells it from a missing permission.
TOO_FAST_REASONS: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
NOT_INVITED: Final = (
    "service account not invited in the Pay & Wallet console: add {account} under Users with access to this issuer"
)
API_DISABLED: Final = "the Google Wallet API is off in the project of {account}: switch it on under APIs & Services"
DISABLED_REASONS: Final = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
CODES: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "unauthorised",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.CONFLICT: "already_exists",
    HTTPStatus.PRECONDITION_FAILED: "precondition_failed",
}


def verdict(answer: Answer, *, pause_s: float, account: str = "its client_email") -> Outcome:
    """Turn one answer into an outcome; `pause_s` is used where Google names no pause of its own.

    `account` is who asked: a refusal of it says what to do for it.
    """
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Done(body=answer.json())
    reason, message = _error(answer)
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= 500:  # noqa: PLR2004 -- 5xx
        return _later(answer, pause_s, message)
    if status == HTTPStatus.FORBIDDEN:
        if reason in TOO_FAST_REASONS:
            return _later(answer, pause_s, message)
        code, remedy = (
            ("api_disabled", API_DISABLED) if reason in DISABLED_REASONS else ("permission_denied", NOT_INVITED)
        )
        return Refused(code=code, reason=f"{remedy.format(account=account)} (Google: {message})")
    return Refused(code=CODES.get(status, f"http_{status}"), reason=message)


def is_notify_quota(answer: Answer) -> bool:
    """Tell whether the card has used up its notifications of 24 hours; the status is not documented, the name is."""
    reason, message = _error(answer)
    return answer.status >= HTTPStatus.BAD_REQUEST and "QuotaExceededException" in f"{reason} {message}"


def is_too_fast(answer: Answer) -> bool:
    """Tell whether Google found the whole issuer too fast, which older APIs say with 403."""
    reason, _ = _error(answer)
    too_fast = answer.status == HTTPStatus.FORBIDDEN and reason in TOO_FAST_REASONS
    return too_fast or answer.status == HTTPStatus.TOO_MANY_REQUESTS


def backoff_s(attempt: int, chance: float) -> float:
    """Double from one second to five minutes; half of the pause is jitter, so that retries do not march in step."""
    pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempt, 30))
    return pause_s * (0.5 + chance / 2)


def _later(answer: Answer, pause_s: float, message: str) -> RetryLater:
    named_s = answer.retry_after_s()
    return RetryLater(
        after_s=pause_s if named_s is None else min(named_s, LONGEST_NAMED_PAUSE_S),
        reason=f"{answer.status}: {message}",
    )


def _error(answer: Answer) -> tuple[str, str]:
    """Return Google's machine-readable reason and its message, clipped, from either of its two error shapes."""
    error: Any = answer.json().get("error")
    if not isinstance(error, dict):
        return "", f"HTTP {answer.status}"
    errors = error.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    reason = str(first.get("reason") or error.get("status") or "")
    return reason, str(error.get("message") or f"HTTP {answer.status}")[:REASON_LIMIT]
