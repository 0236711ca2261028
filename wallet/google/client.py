"""Google Wallet's REST API: classes and objects inserted, patched and messaged, every answer turned into an outcome."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession

from wallet.google.answers import Answer, ask
from wallet.google.oauth import GoogleRefused, GoogleTokens, GoogleUnavailable
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater
from wallet.google.pace import Pace
from wallet.google.verdicts import backoff_s, is_notify_quota, verdict

API_URL: Final = "https://walletobjects.googleapis.com/walletobjects/v1"
RESOURCE_ID: Final = re.compile(r"[0-9]+\.[A-Za-z0-9._-]{1,200}")


class Kind(StrEnum):
    """The two resources a loyalty card is made of: what all cards share, and one card."""

    CLASS = "loyaltyClass"
    OBJECT = "loyaltyObject"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: HTTPMethod
    path: str
    body: Mapping[str, Any] | None = None
    attempt: int = 0


class GoogleWalletClient:
    """One issuer's door to Google. Every method returns an Outcome and raises nothing that Google can cause.

    `attempt` is how many times the caller has tried this before; it stretches the pause that RetryLater
    asks for. A request that timed out may have happened: all of them are safe to send again.
    """

    def __init__(
        self,
        *,
        session: ClientSession,
        tokens: GoogleTokens,
        pace: Pace,
        api_url: str = API_URL,
        timeout_s: float = 15.0,
        patience_s: float = 5.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Wait for a turn at most `patience_s`; `chance` in [0, 1) spreads the retries."""
        self._session = session
        self._tokens = tokens
        self._pace = pace
        self._api_url = api_url.rstrip("/")
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._chance = chance

    async def get(self, kind: Kind, resource_id: str, *, attempt: int = 0) -> Outcome:
        return await self._run(_Call(method=HTTPMethod.GET, path=_path(kind, resource_id), attempt=attempt))

    async def insert(self, kind: Kind, body: Mapping[str, Any], *, attempt: int = 0) -> Outcome:
        """Create it; on an object, 404 can only speak of its class, so the code says so."""
        outcome = await self._notifying(_Call(method=HTTPMethod.POST, path=kind.value, body=body, attempt=attempt))
        if kind is Kind.OBJECT and isinstance(outcome, Refused) and outcome.code == "not_found":
            return Refused(code="class_not_found", reason=outcome.reason)
        return outcome

    async def patch(self, kind: Kind, body: Mapping[str, Any], *, attempt: int = 0) -> Outcome:
        """Merge `body` into what Google has; arrays in it replace whole arrays."""
        return await self._notifying(
            _Call(method=HTTPMethod.PATCH, path=_path(kind, str(body["id"])), body=body, attempt=attempt)
        )

    async def put(self, kind: Kind, body: Mapping[str, Any], *, expect_new: bool = False, attempt: int = 0) -> Outcome:
        """Make Google have this body, whether it knew the id or not: twice is the same as once.

        PATCH, and on 404 an insert; with `expect_new` an insert first. Losing the race between the two
        (409) ends in one more PATCH.
        """
        if not expect_new:
            patched = await self.patch(kind, body, attempt=attempt)
            if not _is(patched, "not_found"):
                return patched
        inserted = await self.insert(kind, body, attempt=attempt)
        if not _is(inserted, "already_exists"):
            return inserted
        return await self.patch(kind, body, attempt=attempt)

    async def add_message(
        self, kind: Kind, resource_id: str, message: Mapping[str, Any], *, attempt: int = 0
    ) -> Outcome:
        """Put a message on one card, or on every card of a class; over the daily quota it arrives silently."""
        path = f"{_path(kind, resource_id)}/addMessage"
        return await self._notifying(
            _Call(method=HTTPMethod.POST, path=path, body={"message": dict(message)}, attempt=attempt)
        )

    async def _notifying(self, call: _Call) -> Outcome:
        """Run the call; when the card has had its notifications for today, run it once more without one."""
        outcome = await self._run(call)
        if not _is(outcome, "notify_quota_exceeded") or call.body is None:
            return outcome
        quiet = _without_notification(call.body)
        again = await self._run(_Call(method=call.method, path=call.path, body=quiet, attempt=call.attempt))
        return Done(body=again.body, quiet=True) if isinstance(again, Done) else again

    async def _run(self, call: _Call) -> Outcome:
        try:
            answer = await self._authorised(call)
        except GoogleRefused as refusal:
            return Refused(code="token_refused", reason=str(refusal))
        except GoogleUnavailable as outage:
            pause_s = max(outage.after_s, backoff_s(call.attempt, self._chance()))
            return RetryLater(after_s=pause_s, reason=outage.reason)
        except (ClientError, TimeoutError) as error:
            pause_s = backoff_s(call.attempt, self._chance())
            return RetryLater(after_s=pause_s, reason=type(error).__name__)
        return answer if isinstance(answer, RetryLater) else self._judge(answer, call)

    async def _authorised(self, call: _Call) -> Answer | RetryLater:
        bearer = await self._tokens.bearer()
        answer = await self._send(call, bearer)
        if isinstance(answer, Answer) and answer.status == HTTPStatus.UNAUTHORIZED:
            return await self._send(call, await self._tokens.bearer(rejected=bearer))
        return answer

    def _judge(self, answer: Answer, call: _Call) -> Outcome:
        if is_notify_quota(answer):
            return Refused(code="notify_quota_exceeded", reason="three notifications per card and day")
        outcome = verdict(answer, pause_s=backoff_s(call.attempt, self._chance()))
        if isinstance(outcome, RetryLater) and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._pace.rest(outcome.after_s)  # the limit is the issuer's, not this card's
        return outcome

    async def _send(self, call: _Call, bearer: str) -> Answer | RetryLater:
        wait_s = await self._pace.take(patience_s=self._patience_s)
        if wait_s > 0:
            return RetryLater(after_s=wait_s, reason="the issuer's pace is used up")
        return await ask(
            self._session,
            call.method.value,
            f"{self._api_url}/{call.path}",
            headers={"Authorization": f"Bearer {bearer}"},
            body=call.body,
            timeout_s=self._timeout_s,
        )


def _path(kind: Kind, resource_id: str) -> str:
    if not RESOURCE_ID.fullmatch(resource_id):
        raise ValueError(f"not a Google resource id: {resource_id!r}")
    return f"{kind.value}/{resource_id}"


def _is(outcome: Outcome, code: str) -> bool:
    return isinstance(outcome, Refused) and outcome.code == code


def _without_notification(body: Mapping[str, Any]) -> dict[str, Any]:
    quiet = {key: value for key, value in body.items() if key != "notifyPreference"}
    if message := quiet.get("message"):
        quiet["message"] = {**message, "messageType": "TEXT"}
    return quiet
