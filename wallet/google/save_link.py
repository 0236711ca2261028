"""The link behind "Add to Google Wallet": a signed JWT that names cards Google already has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import jwt

from certs.identity import GoogleIdentity
from wallet.google.kinds import Kind

SAVE_URL: Final = "https://pay.google.com/gp/v/save"
JWT_LIMIT_CHARS: Final = 1800  # browsers cut longer addresses
ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class SaveLinkTooLong(ValueError):
    def __init__(self, *, length_chars: int) -> None:
        super().__init__(
            f"the save link's token is {length_chars} characters, browsers keep {JWT_LIMIT_CHARS}: "
            "name fewer cards or origins in one link"
        )
        self.length_chars = length_chars


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCard:
    """A card that Google has: the kind and the id of its object."""

    kind: Kind
    id: str


def save_link(
    *,
    identity: GoogleIdentity,
    cards: Sequence[SavedCard],
    origins: Sequence[str],
    at: datetime,
    save_url: str = SAVE_URL,
) -> str:
    """Return the address that saves these cards to the phone of whoever opens it.

    The objects must have been inserted by REST: the token carries ids alone ("skinny"), so no balance and no code, let
    alone the key of a rotating one, travels in an address. Raises ValueError on a wrong origin, SaveLinkTooLong past
    the limit.
    """
    if not cards:
        raise ValueError("a save link names at least one card")
    if wrong := [origin for origin in origins if not ORIGIN.fullmatch(origin)]:
        raise ValueError(f"an origin is a scheme and a host without a path, got {wrong[0]!r}")
    payload: dict[str, list[dict[str, str]]] = {}
    for card in cards:
        payload.setdefault(f"{card.kind.value}s", []).append({"id": card.id})
    claims = {
        "iss": identity.client_email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(at.timestamp()),
        "origins": list(origins),
        "payload": payload,
    }
    token = jwt.encode(claims, identity.private_key, algorithm="RS256", headers={"kid": identity.private_key_id})
    if len(token) > JWT_LIMIT_CHARS:
        raise SaveLinkTooLong(length_chars=len(token))
    return f"{save_url.rstrip('/')}/{token}"
