"""The link behind "Add to Google Wallet": a signed JWT that names cards Google already has."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import jwt

from certs.identity import GoogleIdentity

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


def save_link(
    *,
    identity: GoogleIdentity,
    object_ids: Sequence[str],
    class_id: str | None = None,
    origins: Sequence[str],
    at: datetime,
    save_url: str = SAVE_URL,
) -> str:
    """Return the address that saves these cards to the phone of whoever opens it.

    The objects must have been inserted by REST: the token carries ids alone ("skinny"), so no balance and
    no scan code travels in an address. Raises ValueError on a wrong origin, SaveLinkTooLong past the limit.
    """
    if not object_ids:
        raise ValueError("a save link names at least one card")
    if wrong := [origin for origin in origins if not ORIGIN.fullmatch(origin)]:
        raise ValueError(f"an origin is a scheme and a host without a path, got {wrong[0]!r}")
    cards = [{"id": each} if class_id is None else {"id": each, "classId": class_id} for each in object_ids]
    claims = {
        "iss": identity.client_email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(at.timestamp()),
        "origins": list(origins),
        "payload": {"loyaltyObjects": cards},
    }
    token = jwt.encode(claims, identity.private_key, algorithm="RS256", headers={"kid": identity.private_key_id})
    if len(token) > JWT_LIMIT_CHARS:
        raise SaveLinkTooLong(length_chars=len(token))
    return f"{save_url.rstrip('/')}/{token}"
