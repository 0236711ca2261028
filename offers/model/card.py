"""The membership itself: one card, its code, its state, and the devices that carry its picture."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.model.google_holding import GoogleHolding
from offers.model.ids import CardId, MemberId, ProgrammeId


class CardState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    VOIDED = "voided"


class BlockReason(StrEnum):
    """Why a card may not be used any more."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    MISUSE = "misuse"
    ASKED = "asked"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Why, when and by whom a card was blocked or replaced. `by` is a key's id, or `member` for their own word."""

    reason: BlockReason
    note: str
    by: str
    at: datetime


class Announcement(StrEnum):
    """The one thing a new version says on the lock screen."""

    NOTHING = "nothing"
    BALANCE = "balance"
    LEVEL = "level"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. `serial` and `apple_token` never change; `version` and `last_modified` only rise.

    `google_saved` is true while changes are sent to Google: from its object's insertion until nobody holds it any more.
    `code_generation` is the part of the rotating codes' key that changes when the card is re-issued. `design` is the
    slug of the design it is drawn from, `subject` what it is about where that design leaves it open (the id of the
    member's coupon). A re-issued card is a new one that `replaces` the old one, which is voided and keeps why in
    `block`. `issue_key` names the one card of its kind that a member has, so that none is issued twice; a voided card
    has none.
    """

    id: CardId
    programme_id: ProgrammeId
    member_id: MemberId
    serial: str
    apple_token: str
    state: CardState
    issued_at: datetime
    version: int
    last_modified: datetime
    announcement: Announcement = Announcement.NOTHING
    google_saved: bool = False
    google: GoogleHolding | None = None
    code_generation: int = 1
    design: str = "main"
    subject: str | None = None
    block: Block | None = None
    replaces: CardId | None = None
    replaced_by: CardId | None = None
    issue_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleRegistration:
    """A device asked to hear of a card's changes. One device has one push token.

    `programme_id` and `design` are the card's, so that all devices of a look are found without their cards.
    """

    device_id: str
    pass_type: str
    serial: str
    card_id: CardId
    push_token: str
    registered_at: datetime
    programme_id: ProgrammeId = ProgrammeId("")  # noqa: RUF009 - a NewType gives the text itself
    design: str = "main"
