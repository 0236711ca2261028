"""What a card shows, in any wallet: a pure function of the nouns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import scan_code
from offers.engine.card_look import CardLook, look_of
from offers.engine.face_values import CardNouns, Values
from offers.engine.levels import level_ahead, level_held
from offers.engine.standing_terms import accrual_shown_bp
from offers.model.card import Announcement, CardState
from offers.model.design import Bound, CardDesign, CardKind, DesignField
from offers.model.face import FaceCoupon, FaceField, FaceStamps, FaceValue, Shape
from offers.model.ids import CardId, ProgrammeId
from offers.model.layer import Layer
from offers.model.programme import Language, LocalText

_TOLD_BY: dict[Announcement, tuple[Bound, ...]] = {
    Announcement.BALANCE: (
        Bound.POINTS,
        Bound.POINTS_WORTH,
        Bound.PREPAID_BALANCE,
        Bound.STAMPS_COLLECTED,
        Bound.STAMPS_LEFT,
        Bound.COUPON_USES_LEFT,
    ),
    Announcement.LEVEL: (Bound.LEVEL_DISCOUNT, Bound.LEVEL_NAME),
    Announcement.NEWS: (Bound.LAYER_TEXT,),
}
"""Which field says an announcement: the first of these that the card shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """Everything a picture of the card needs, without personal data. `balance` is what may be spent now.

    `look` is what `design` shows under the layers that are on; `fields` are the design's, with their values, in its
    order. `expires_at` is when the card ends. `prepaid_minor`, `stamps` and `coupon` are there when the design shows
    them. `member_number` is the merchant's own.
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
    fields: tuple[FaceField, ...] = ()
    expires_at: datetime | None = None
    is_expired: bool = False
    prepaid_minor: int = 0
    stamps: FaceStamps | None = None
    coupon: FaceCoupon | None = None
    member_number: str | None = None
    is_personalised: bool = False

    @property
    def kind(self) -> CardKind:
        return self.design.kind

    @property
    def title(self) -> LocalText:
        return self.design.title or self.programme_name

    def value(self, bound: Bound) -> FaceValue | None:
        """Give the value of the first field that is bound to this."""
        return next((each.value for each in self.fields if each.bound is bound), None)


def card_face(nouns: CardNouns, *, layers: Iterable[Layer] = (), code_key: bytes, at: datetime) -> CardFace:
    """Put the nouns on a card's face as of an instant, with the level held then and what was agreed with the member."""
    programme, design, card = nouns.programme, nouns.design, nouns.card
    look = look_of(design, layers, at=at)
    code = scan_code(card.id, code_key)
    values = Values(nouns=nouns, at=at, code=code, layer_text=look.text, layer_discount_bp=look.discount_bp)
    level, ahead = level_held(programme.terms, nouns.standing), level_ahead(programme.terms, nouns.standing)
    announcement = announced(card.announcement, look, since=card.last_modified)
    expires_at = values.expires_at
    return CardFace(
        programme_id=programme.id,
        programme_name=programme.name,
        currency=programme.currency,
        design=design,
        look=look,
        card_id=card.id,
        serial=card.serial,
        scan_code=code,
        state=card.state,
        version=card.version,
        last_modified=card.last_modified,
        announcement=announcement,
        language=nouns.member.language,
        balance=values.balance,
        discount_bp=values.discount_bp,
        level_name=level.name if level else None,
        next_level_name=ahead.name if ahead else None,
        next_level_discount_bp=ahead.discount_bp if ahead else 0,
        missing_minor=ahead.spend_threshold_minor - nouns.standing.spend_minor if ahead else 0,
        accrual_bp=accrual_shown_bp(programme.terms, nouns.standing, nouns.member, at),
        fields=_fields(values, announcement),
        expires_at=expires_at,
        is_expired=expires_at is not None and expires_at <= at,
        prepaid_minor=values.prepaid_minor,
        stamps=values.stamps,
        coupon=values.coupon,
        member_number=nouns.member.external_id,
        is_personalised=nouns.member.personal is not None,
    )


def announced(by_card: Announcement, look: CardLook, *, since: datetime) -> Announcement:
    """Choose what the lock screen says: a text that came on after the card's own last change, else that change."""
    if look.text is not None and look.text_since is not None and look.text_since > since:
        return Announcement.NEWS
    return by_card


def _fields(values: Values, announcement: Announcement) -> tuple[FaceField, ...]:
    shown = [(each, value) for each in values.nouns.design.fields if (value := _value(each, values)) is not None]
    bounds = {each.bound for each, _ in shown}
    aloud = next((bound for bound in _TOLD_BY.get(announcement, ()) if bound in bounds), None)
    told = next((each.key for each, _ in shown if each.bound is aloud), None)
    return tuple(
        FaceField(
            key=each.key,
            place=each.place,
            bound=each.bound,
            label=each.label,
            value=value,
            announces=each.key == told,
        )
        for each, value in shown
    )


def _value(each: DesignField, values: Values) -> FaceValue | None:
    if each.bound is Bound.TEXT:
        return FaceValue(shape=Shape.TEXT, text=each.text) if each.text else None
    return values.of(each.bound)
