"""What the bot shows of a card: its face, in the words of the member."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import link_token
from offers.engine.card_look import CardLook
from offers.flows.look_at_card import CardSight, face_of
from offers.model.card import CardState
from offers.model.programme import Language

STAMP_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """Texts are in the member's language. `missing_minor` is what leads to the next level, 0 at the top."""

    language: Language
    programme_name: str
    currency: str
    look: CardLook
    scan_code: str
    link_token: str
    state: CardState
    balance: int
    discount_bp: int
    level_name: str | None
    next_level_name: str | None
    next_discount_bp: int
    missing_minor: int

    @property
    def stamp(self) -> str:
        """Changes whenever the picture or its caption would; short enough for the data of a button."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:STAMP_LENGTH]


def member_card(sight: CardSight, *, code_key: bytes, at: datetime) -> MemberCard:
    face = face_of(sight, code_key=code_key, at=at)
    return MemberCard(
        language=face.language,
        programme_name=face.programme_name(face.language),
        currency=face.currency,
        look=face.look,
        scan_code=face.scan_code,
        link_token=link_token(face.card_id, code_key),
        state=face.state,
        balance=face.balance,
        discount_bp=face.discount_bp,
        level_name=face.level_name(face.language) if face.level_name else None,
        next_level_name=face.next_level_name(face.language) if face.next_level_name else None,
        next_discount_bp=face.next_level_discount_bp,
        missing_minor=face.missing_minor,
    )
