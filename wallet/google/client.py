"""Google Wallet's REST API: classes and objects inserted, patched and messaged, every answer turned into an outcome."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientError, ClientSession

from wallet.google.answers import Answer, ask
from wallet.google.batch import CONTENT_TYPE, PARTS_LIMIT, Part, batch_url, read_batch, write_batch
from wallet.google.kinds import Kind
from wallet.google.oauth import GoogleRefused, GoogleTokens, GoogleUnavailable
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater
from wallet.google.pace import Turn, Turns
from wallet.google.verdicts import backoff_s, is_notify_quota, is_too_fast, verdict

API_URL: Final = "https://walletobjects.googleapis.com/walletobjects/v1"
NO_TURN: Final = "the issuer's pace is used up"
RESOURCE_ID: Final = re.compile(r"[0-9]+\.[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A write to be: `part` is what is to be merged into what Google has, or the whole of what it does not have yet."""

    kind: Kind
    resource_id: str
    part: Mapping[str, Any]
    is_new: bool = False


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
        pace: Turns,
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

    async def classes_of(self, issuer_id: str, *, limit: int = 1) -> Outcome:
        """List an issuer's loyalty classes: the smallest question that needs the right to write cards."""
        path = f"{Kind.CLASS.value}?{urlencode({'issuerId': issuer_id, 'maxResults': limit})}"
        return await self._run(_Call(method=HTTPMethod.GET, path=path))

    @property
    def client_email(self) -> str:
        return self._tokens.client_email

    async def insert(self, kind: Kind, body: Mapping[str, Any], *, attempt: int = 0) -> Outcome:
        """Create it; on an object, 404 can only speak of its class, so the code says so."""
        outcome = await self._notifying(_Call(method=HTTPMethod.POST, path=kind.value, body=body, attempt=attempt))
        if not kind.is_class and isinstance(outcome, Refused) and outcome.code == "not_found":
            return Refused(code="class_not_found", reason=outcome.reason)
        return outcome

    async def patch(self, kind: Kind, body: Mapping[str, Any], *, attempt: int = 0) -> Outcome:
        """Merge `body` into what Google has; arrays in it replace whole arrays."""
        change = Change(kind=kind, resource_id=str(body["id"]), part=body)
        return await self.change(change, attempt=attempt)

    async def change(self, change: Change, *, attempt: int = 0) -> Outcome:
        """Merge a part into what Google has; over the daily quota it is merged without ringing."""
        path = _path(change.kind, change.resource_id)
        return await self._notifying(_Call(method=HTTPMethod.PATCH, path=path, body=change.part, attempt=attempt))

    async def change_some(self, changes: Sequence[Change], *, attempt: int = 0) -> list[Outcome]:
        """Make as many of the changes, from the first on, as may be made at once: one PATCH, or a batch of them.

        Gives an outcome for each that was asked for, at least one. Without a turn in time none was: all are RetryLater.
        """
        turn = await self._pace.take(patience_s=self._patience_s, most=min(len(changes), PARTS_LIMIT))
        if not turn.calls:
            return [_no_turn(turn)] * len(changes)
        calls = [_call(each, attempt) for each in changes[: turn.calls]]
        try:
            bearer = await self._tokens.bearer()
            answers = await self._exchange_all(calls, bearer)
            if any(each is not None and each.status == HTTPStatus.UNAUTHORIZED for each in answers):
                await self._tokens.bearer(rejected=bearer)
        except (GoogleRefused, GoogleUnavailable, ClientError, TimeoutError) as failure:
            return [self._failed(failure, call) for call in calls]
        return [await self._judge(answer, call) for answer, call in zip(answers, calls, strict=True)]

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
        except (GoogleRefused, GoogleUnavailable, ClientError, TimeoutError) as failure:
            return self._failed(failure, call)
        return answer if isinstance(answer, RetryLater) else await self._judge(answer, call)

    def _failed(self, failure: Exception, call: _Call) -> Outcome:
        pause_s = backoff_s(call.attempt, self._chance())
        match failure:
            case GoogleRefused():
                return Refused(code="token_refused", reason=str(failure))
            case GoogleUnavailable():
                return RetryLater(after_s=max(failure.after_s, pause_s), reason=failure.reason)
            case _:
                return RetryLater(after_s=pause_s, reason=type(failure).__name__)

    async def _authorised(self, call: _Call) -> Answer | RetryLater:
        bearer = await self._tokens.bearer()
        answer = await self._send(call, bearer)
        if isinstance(answer, Answer) and answer.status == HTTPStatus.UNAUTHORIZED:
            return await self._send(call, await self._tokens.bearer(rejected=bearer))
        return answer

    async def _judge(self, answer: Answer | None, call: _Call) -> Outcome:
        """Judge one answer; a part of a batch that got none may have been done or not, and is asked again."""
        pause_s = backoff_s(call.attempt, self._chance())
        if answer is None:
            return RetryLater(after_s=pause_s, reason="the batch left it unanswered")
        if is_notify_quota(answer):
            return Refused(code="notify_quota_exceeded", reason="three notifications per card and day")
        outcome = verdict(answer, pause_s=pause_s, account=self._tokens.client_email)
        if isinstance(outcome, RetryLater) and is_too_fast(answer):
            await self._pace.rest(outcome.after_s)  # the limit is the issuer's, not this card's
        return outcome

    async def _send(self, call: _Call, bearer: str) -> Answer | RetryLater:
        turn = await self._pace.take(patience_s=self._patience_s)
        if not turn.calls:
            return _no_turn(turn)
        (answer,) = await self._exchange_all([call], bearer)
        assert answer is not None  # noqa: S101 -- alone, a call is no batch
        return answer

    async def _exchange_all(self, calls: Sequence[_Call], bearer: str) -> list[Answer | None]:
        """Ask for one call as it is, for several in one batch. A batch refused as a whole answers for all its parts."""
        headers = {"Authorization": f"Bearer {bearer}"}
        if len(calls) == 1:
            (call,) = calls
            url = f"{self._api_url}/{call.path}"
            return [await self._exchange(call.method.value, url, headers=headers, body=call.body)]
        prefix = urlsplit(self._api_url).path
        parts = [Part(method=call.method, path=f"{prefix}/{call.path}", body=call.body or {}) for call in calls]
        answer = await self._exchange(
            HTTPMethod.POST.value,
            batch_url(self._api_url),
            headers={**headers, "Content-Type": CONTENT_TYPE},
            raw_body=write_batch(parts),
        )
        return read_batch(answer, count=len(calls)) if answer.status == HTTPStatus.OK else [answer] * len(calls)

    async def _exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        raw_body: bytes | None = None,
    ) -> Answer:
        """Carry one request over the network; the one place that does."""
        return await ask(
            self._session, method, url, headers=headers, body=body, raw_body=raw_body, timeout_s=self._timeout_s
        )


def _call(change: Change, attempt: int) -> _Call:
    if change.is_new:
        return _Call(method=HTTPMethod.POST, path=change.kind.value, body=change.part, attempt=attempt)
    path = _path(change.kind, change.resource_id)
    return _Call(method=HTTPMethod.PATCH, path=path, body=change.part, attempt=attempt)


def _no_turn(turn: Turn) -> RetryLater:
    return RetryLater(after_s=turn.wait_s, reason=NO_TURN)


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
