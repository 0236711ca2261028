"""Access tokens for a Google service account: an RS256 assertion traded for a bearer token (RFC 7523)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import jwt
from aiohttp import ClientError, ClientSession

from certs.identity import GoogleIdentity
from wallet.google.answers import Answer, ask

WALLET_SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_LIFE = timedelta(hours=1)  # the longest Google accepts
RENEW_EARLY = timedelta(minutes=5)
RENEW_AGAIN = timedelta(seconds=30)
REFUSAL_HOLDS_S = 60.0
OUTAGE_HOLDS_S = 2.0
SKEW_WORTH_NAMING = timedelta(minutes=2)


class GoogleRefused(Exception):
    """Google will not give a token until a person changes something; the message ends with what."""

    def __init__(self, *, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{code}: {reason}. {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy
        self.after_s = REFUSAL_HOLDS_S


class GoogleUnavailable(Exception):
    """The token endpoint did not answer, or asked for patience."""

    def __init__(self, *, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = OUTAGE_HOLDS_S if after_s is None else after_s


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    renew_at: datetime
    expires_at: datetime


class GoogleTokens:
    """One service account's bearer token: cached, renewed early, renewed by one caller while the others wait.

    A failure is remembered for a short while, so that ten thousand waiting cards do not knock on a closed
    door one after another; while the old token still opens, a failed early renewal is not a failure at all.
    """

    def __init__(
        self,
        *,
        session: ClientSession,
        identity: GoogleIdentity,
        clock: Callable[[], datetime],
        token_url: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        """Post to `token_url` when given; the assertion's audience stays the identity's own token_uri."""
        self._session = session
        self._identity = identity
        self._clock = clock
        self._token_url = token_url or identity.token_uri
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._token: _Token | None = None
        self._failure: GoogleRefused | GoogleUnavailable | None = None
        self._closed_until: datetime | None = None

    @property
    def client_email(self) -> str:
        """The service account that asks."""
        return self._identity.client_email

    async def bearer(self, *, rejected: str | None = None) -> str:
        """Return a token that is not `rejected` (the one a 401 came back for).

        Raises GoogleRefused or GoogleUnavailable.
        """
        if fresh := self._fresh(rejected):
            return fresh
        async with self._turn:
            if fresh := self._fresh(rejected):
                return fresh
            if self._failure and self._closed_until and self._clock() < self._closed_until:
                raise self._failure
            return await self._renew(rejected)

    def _fresh(self, rejected: str | None) -> str | None:
        token = self._token
        if token is None or token.value == rejected or self._clock() >= token.renew_at:
            return None
        return token.value

    async def _renew(self, rejected: str | None) -> str:
        try:
            self._token = await self._ask()
        except (GoogleUnavailable, GoogleRefused) as failure:
            now, old = self._clock(), self._token
            if old and old.value != rejected and now < old.expires_at:
                self._token = replace(old, renew_at=min(now + RENEW_AGAIN, old.expires_at))
                return old.value
            self._failure = failure
            self._closed_until = now + timedelta(seconds=failure.after_s)
            raise
        self._failure = self._closed_until = None
        return self._token.value

    async def _ask(self) -> _Token:
        asked_at = self._clock()
        form = {"grant_type": GRANT_TYPE, "assertion": assertion(self._identity, at=asked_at)}
        try:
            answer = await ask(self._session, "POST", self._token_url, form=form, timeout_s=self._timeout_s)
        except (ClientError, TimeoutError) as error:
            raise GoogleUnavailable(reason=f"token endpoint: {type(error).__name__}") from error
        status = answer.status
        if status == HTTPStatus.OK:
            return _token(answer, asked_at=asked_at)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise GoogleUnavailable(reason=f"token endpoint answered {status}", after_s=answer.retry_after_s())
        raise _refusal(answer, asked_at=asked_at)


def assertion(identity: GoogleIdentity, *, at: datetime) -> str:
    """Sign the claim that trades for a token, as of `at`."""
    claims = {
        "iss": identity.client_email,
        "scope": WALLET_SCOPE,
        "aud": identity.token_uri,
        "iat": int(at.timestamp()),
        "exp": int((at + ASSERTION_LIFE).timestamp()),
    }
    return jwt.encode(claims, identity.private_key, algorithm="RS256", headers={"kid": identity.private_key_id})


def _token(answer: Answer, *, asked_at: datetime) -> _Token:
    body = answer.json()
    try:
        life = timedelta(seconds=float(body.get("expires_in", 3600)))
        return _Token(str(body["access_token"]), asked_at + life - min(RENEW_EARLY, life / 2), asked_at + life)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise GoogleUnavailable(reason="token endpoint answered without a token") from error


def _refusal(answer: Answer, *, asked_at: datetime) -> GoogleRefused:
    body = answer.json()
    code = str(body.get("error") or f"http_{answer.status}")
    reason = str(body.get("error_description") or f"HTTP {answer.status}")
    said_at = answer.said_at()
    skew = asked_at - said_at if said_at else timedelta(0)
    return GoogleRefused(code=code, reason=reason, remedy=_remedy(code, reason, skew))


def _remedy(code: str, reason: str, skew: timedelta) -> str:
    words = reason.lower()
    if "signature" in words:
        return "The private key was deleted or belongs to another account: create a new key for the service account"
    if "account" in words or "disabled" in words:
        return "The service account is missing or disabled: restore it, or give Tessera another account's key file"
    if "audience" in words:
        return "The assertion names another token endpoint: take token_uri from the key file as it is"
    if code in {"unauthorized_client", "access_denied", "invalid_scope"}:
        return "Enable the Google Wallet API in the project that owns the service account"
    if "timeframe" in words or abs(skew) >= SKEW_WORTH_NAMING:
        return f"This machine's clock is {skew.total_seconds():+.0f} s from Google's: switch time synchronisation on"
    return "Check the service account's key file with `tessera certs check`"
