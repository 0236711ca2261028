"""What a card shows, in any wallet: a pure function of the nouns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import scan_code
from offers.engine.card_look import CardLook, look_of
from offers.engine.levels import discount_held_bp, level_ahead, level_held
from offers.engine.lots import available
from offers.model.card import Announcement, Card, CardState
from offers.model.design import CardDesign
from offers.model.held_level import LevelStanding
from offers.model.ids import CardId, ProgrammeId
from offers.model.layer import Layer
from offers.model.ledger import Account
from offers.model.member import Member
from offers.model.programme import Language, LocalText, Programme, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """Everything a picture of the card needs, without personal data. `balance` is what may be spent now.

    `look` is what `design` shows under the layers that are on.
    """

    programme_id: ProgrammeId
    programme_name: LocalText
    currency: str
    design: CardDesign
    look: CardLook
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
    design: CardDesign,
    member: Member,
    card: Card,
    account: Account | None,
    *,
    standing: LevelStanding,
    layers: Iterable[Layer] = (),
    code_key: bytes,
    at: datetime,
) -> CardFace:
    """Put the nouns on a card's face as of an instant, with the level held then and what was agreed with the member."""
    terms, look = programme.terms, look_of(design, layers, at=at)
    level, ahead = level_held(terms, standing), level_ahead(terms, standing)
    return CardFace(
        programme_id=programme.id,
        programme_name=programme.name,
        currency=programme.currency,
        design=design,
        look=look,
        card_id=card.id,
        serial=card.serial,
        scan_code=scan_code(card.id, code_key),
        state=card.state,
        version=card.version,
        last_modified=card.last_modified,
        announcement=card.announcement,
        language=member.language,
        balance=available(account, at) if account else 0,
        discount_bp=discount_shown_bp(terms, standing, member, at) if look.discount_bp is None else look.discount_bp,
        level_name=level.name if level else None,
        next_level_name=ahead.name if ahead else None,
        next_level_discount_bp=ahead.discount_bp if ahead else 0,
        missing_minor=ahead.spend_threshold_minor - standing.spend_minor if ahead else 0,
        accrual_bp=accrual_shown_bp(terms, standing, member, at),
    )


def discount_shown_bp(terms: Terms, standing: LevelStanding, member: Member, at: datetime) -> int:
    """Give the discount a member has without any offer: their own, else their level's."""
    own = member.own_terms
    if own and own.hold(at) and own.discount_bp is not None:
        return own.discount_bp
    return discount_held_bp(terms, standing)


def accrual_shown_bp(terms: Terms, standing: LevelStanding, member: Member, at: datetime) -> int:
    """Give the rate at which purchases give a member points: their own, else their level's, else everybody's."""
    own, level = member.own_terms, level_held(terms, standing)
    if own and own.hold(at) and own.accrual_bp is not None:
        return own.accrual_bp
    return level.accrual_bp if level and level.accrual_bp is not None else terms.accrual_bp
