"""Proving that a phone is somebody's: a code sent to it, and the link a till offers a card by."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.ids import OutletId, ProgrammeId


class CodePurpose(StrEnum):
    """What a code was asked for: one sent for the one thing does not open the other."""

    JOIN = "join"
    REISSUE = "reissue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCode:
    """A code on its way to a phone. `digest` is its keyed digest; the code itself is kept nowhere.

    `verified_at` is when it was typed right: the same page sent twice is answered alike.
    """

    id: str
    programme_id: ProgrammeId
    phone: str
    purpose: CodePurpose
    digest: str
    sent_at: datetime
    expires_at: datetime
    tries_left: int
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOffer:
    """A card offered at a till to whoever holds the link; `id` is the digest of the link's token.

    `sent` when the link went to the phone by itself: who opens it has the phone. `taken_at` is when somebody joined.
    """

    id: str
    programme_id: ProgrammeId
    outlet_id: OutletId
    source: str
    phone: str | None
    sent: bool
    offered_at: datetime
    expires_at: datetime
    taken_at: datetime | None = None
