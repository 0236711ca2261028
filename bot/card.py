"""What the bot shows of a card: its face, in the words of the member."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import link_token
from offers.engine.card_face import CardFace
from offers.engine.card_look import CardLook
from offers.flows.look_at_card import CardSight, face_of
from offers.model.card import CardState
from offers.model.design import CardKind, Place
from offers.model.programme import Language
from web.face_texts import label_text, value_text

STAMP_LENGTH = 12
MAX_COLUMNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """Texts are in the member's language. `missing_minor` is what leads to the next level, 0 at the top.

    `headline` is what stands large on a card of another kind than the bonus card: value and label. `columns` are its
    two fields below, label and value. `code_until` is when a code that changes stops working, as local time; None for
    one that does not change.
    """

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
    headline: tuple[str, str] | None = None
    columns: tuple[tuple[str, str], ...] = ()
    code_until: str | None = None

    @property
    def stamp(self) -> str:
        """Changes whenever the picture or its caption would; short enough for the data of a button."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:STAMP_LENGTH]


def member_card(sight: CardSight, *, code_key: bytes, at: datetime) -> MemberCard:
    return card_of_face(face_of(sight, code_key=code_key, at=at), code_key=code_key)


def card_of_face(face: CardFace, *, code_key: bytes) -> MemberCard:
    headline, columns = _of_its_kind(face)
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
        headline=headline,
        columns=columns,
    )


def _of_its_kind(face: CardFace) -> tuple[tuple[str, str] | None, tuple[tuple[str, str], ...]]:
    """Choose what stands large and what below it; a bonus card has its own way with points and levels."""
    if face.kind is CardKind.BONUS:
        return None, ()
    ranks = {place: rank for rank, place in enumerate((Place.PRIMARY, Place.HEADER, Place.SECONDARY, Place.AUXILIARY))}
    front = sorted((each for each in face.fields if each.place in ranks), key=lambda each: ranks[each.place])
    shown = {each.value: each for each in reversed(front)}
    # A row of dots has no letters to draw it with here; its number says the same, and says it once.
    told = [
        (value_text(each.value, face.language), label_text(each, face, face.language))
        for each in front
        if shown[each.value] is each
    ]
    if not told:
        return None, ()
    return told[0], tuple((label, value) for value, label in told[1 : 1 + MAX_COLUMNS])
