"""Who may speak to the stand-in: service accounts by public key, and the tokens given to them."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.google.errors import GoogleError

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WALLET_SCOPE: Final = "https://www.googleapis.com/auth/wallet_object.issuer"
GOOGLE_TOKEN_URL: Final = "https://oauth2.googleapis.com/token"
LONGEST_ASSERTION: Final = timedelta(hours=1)
CLOCK_LEEWAY: Final = timedelta(minutes=2)
WRONG_TIME: Final = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class GrantError(Exception):
    """One refusal of the token endpoint, in OAuth's shape."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def response(self) -> web.Response:
        body = {"error": self.code, "error_description": self.reason}
        return web.json_response(body, status=HTTPStatus.BAD_REQUEST)


@dataclass(frozen=True, slots=True)
class _Grant:
    client_email: str
    expires_at: datetime


class Accounts:
    """Service accounts and their live tokens. Token life can be shortened to watch a client renew."""

    def __init__(
        self,
        *,
        public_keys: Mapping[str, rsa.RSAPublicKey],
        clock: Callable[[], datetime],
        token_life: timedelta = timedelta(hours=1),
    ) -> None:
        self.granted = 0
        self._public_keys = dict(public_keys)
        self._clock = clock
        self._token_life = token_life
        self._grants: dict[str, _Grant] = {}
        self._uninvited: set[str] = set()

    def revoke_tokens(self) -> None:
        """Forget every token given so far, as when a key is rotated: the next call of each gets 401."""
        self._grants.clear()

    def invite(self, client_email: str, *, invited: bool) -> None:
        """Add an account to the issuer's users in the Pay & Wallet console, or take it out."""
        (self._uninvited.discard if invited else self._uninvited.add)(client_email)

    def check_invited(self, client_email: str) -> None:
        """Raise 403 for an account that Google knows and the issuer has not invited."""
        if client_email in self._uninvited:
            raise GoogleError(HTTPStatus.FORBIDDEN, "permissionDenied", "Permission Denied")

    def grant(self, form: Mapping[str, Any], *, audiences: Collection[str]) -> dict[str, Any]:
        """Trade an assertion for a token, or raise GrantError with Google's words."""
        if form.get("grant_type") != GRANT_TYPE:
            raise GrantError("unsupported_grant_type", "Invalid grant_type")
        client_email = self._assert(str(form.get("assertion", "")), audiences)
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._grants[token] = _Grant(client_email, self._clock() + self._token_life)
        self.granted += 1
        life_s = int(self._token_life.total_seconds())
        return {"access_token": token, "expires_in": life_s, "token_type": "Bearer"}

    def check_bearer(self, authorization: str) -> str:
        """Return the service account that speaks; 401 for an unknown or expired token."""
        scheme, _, token = authorization.partition(" ")
        grant = self._grants.get(token) if scheme == "Bearer" else None
        if grant is None or self._clock() >= grant.expires_at:
            raise GoogleError(HTTPStatus.UNAUTHORIZED, "authError", "Request had invalid authentication credentials.")
        return grant.client_email

    def save_claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a save link's JWT; 400 when it was not signed by a known account for Google."""
        try:
            issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
            claims = jwt.decode(
                token, self._key(issuer), algorithms=["RS256"], audience="google", options={"verify_iat": False}
            )
        except (jwt.PyJWTError, GrantError) as error:
            raise GoogleError(HTTPStatus.BAD_REQUEST, "invalidJwt", f"JWT was refused: {error}") from error
        return claims

    def _assert(self, assertion: str, audiences: Collection[str]) -> str:
        try:
            client_email = str(jwt.decode(assertion, options={"verify_signature": False}).get("iss"))
            claims = jwt.decode(
                assertion,
                self._key(client_email),
                algorithms=["RS256"],
                audience=list(audiences),
                # Times are judged below against this stand-in's clock, not the machine's.
                options={"require": ["iat", "exp", "aud"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidSignatureError as error:
            raise GrantError("invalid_grant", "Invalid JWT Signature.") from error
        except jwt.InvalidAudienceError as error:
            raise GrantError("invalid_grant", "Invalid JWT: Failed audience check.") from error
        except jwt.PyJWTError as error:
            raise GrantError("invalid_grant", f"Invalid JWT: {error}") from error
        self._check_times(claims)
        if WALLET_SCOPE not in str(claims.get("scope", "")).split():
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return client_email

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock().timestamp()
        leeway_s = CLOCK_LEEWAY.total_seconds()
        issued, expires = float(claims["iat"]), float(claims["exp"])
        too_long = expires - issued > LONGEST_ASSERTION.total_seconds()
        if too_long or issued > now + leeway_s or expires < now - leeway_s:
            raise GrantError("invalid_grant", WRONG_TIME)

    def _key(self, client_email: str) -> rsa.RSAPublicKey:
        key = self._public_keys.get(client_email)
        if key is None:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        return key
