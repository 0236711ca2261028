"""What a card shows, in any wallet: a pure function of the nouns."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import scan_code
from offers.engine.levels import level_of, next_level
from offers.engine.lots import available
from offers.model.card import Announcement, Card, CardState
from offers.model.ids import CardId, ProgrammeId
from offers.model.ledger import Account
from offers.model.member import Member
from offers.model.programme import CardDesign, Language, LocalText, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """Everything a picture of the card needs, without personal data. `balance` is what may be spent now."""

    programme_id: ProgrammeId
    programme_name: LocalText
    currency: str
    design: CardDesign
    card_id: CardId
    serial: str
    scan_code: str
    state: CardState
    version: int
    last_modified: datetime
    announcement: Announcement
    language: Language
    balance: int
    discount_bp: int
    level_name: LocalText | None
    next_level_name: LocalText | None
    next_level_discount_bp: int
    missing_minor: int
    accrual_bp: int


def card_face(
    programme: Programme,
    member: Member,
    card: Card,
    account: Account | None,
    *,
    code_key: bytes,
    at: datetime,
) -> CardFace:
    """Put the nouns on a card's face as of an instant."""
    spend_minor = member.counters.spend_minor
    level = level_of(programme.terms, spend_minor)
    ahead = next_level(programme.terms, spend_minor)
    return CardFace(
        programme_id=programme.id,
        programme_name=programme.name,
        currency=programme.currency,
        design=programme.design,
        card_id=card.id,
        serial=card.serial,
        scan_code=scan_code(card.id, code_key),
        state=card.state,
        version=card.version,
        last_modified=card.last_modified,
        announcement=card.announcement,
        language=member.language,
        balance=available(account, at) if account else 0,
        discount_bp=level.discount_bp if level else 0,
        level_name=level.name if level else None,
        next_level_name=ahead.name if ahead else None,
        next_level_discount_bp=ahead.discount_bp if ahead else 0,
        missing_minor=ahead.spend_threshold_minor - spend_minor if ahead else 0,
        accrual_bp=programme.terms.accrual_bp,
    )
