"""A card's face as its page shows it: one big thing by the kind of card, the other fields beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from locales.catalogue import gettext, ngettext
from locales.numbers import count, money, percent
from offers.engine.card_face import CardFace
from offers.model.design import Bound, CardKind, Place
from offers.model.face import FaceField
from offers.model.programme import Language
from web.face_texts import field_text, label_text, value_text

MOST_DOTS = 30
"""More stamps or visits than these are told by their number alone."""
_BIG: dict[CardKind, tuple[Bound, ...]] = {
    CardKind.BONUS: (Bound.POINTS,),
    CardKind.CASHBACK: (Bound.POINTS_WORTH,),
    CardKind.DISCOUNT: (Bound.LEVEL_DISCOUNT,),
    CardKind.MEMBERSHIP: (Bound.LEVEL_NAME,),
    CardKind.GIFT: (Bound.PREPAID_BALANCE,),
    CardKind.STAMP: (Bound.STAMPS_ROW, Bound.STAMPS_COLLECTED, Bound.STAMPS_TITLE),
    CardKind.COUPON: (Bound.COUPON_TITLE,),
    CardKind.MULTIPASS: (Bound.COUPON_USES_LEFT,),
}
_SAID_ELSEWHERE = frozenset({Bound.LAYER_TEXT, Bound.CARD_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Stamps collected, or visits left: `filled` of `of`; `text` says it to who does not see them."""

    filled: int
    of: int
    text: str

    @property
    def is_drawn(self) -> bool:
        return 0 < self.of <= MOST_DOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceView:
    """`figure` is the big thing and `unit` what stands behind it; `empty` says what to do when there is nothing yet."""

    kind: CardKind
    title: str
    figure: str
    unit: str
    dots: Dots | None
    facts: Sequence[Fact]
    back: Sequence[Fact]
    news: str | None
    terms: str | None
    empty: str | None


def view_of(face: CardFace, language: Language) -> FaceView:
    """Write a face for its page; a field that the big thing says already is not said again."""
    figure, unit = _figure(face, language)
    said = {*_BIG[face.kind], *_SAID_ELSEWHERE}
    shown = [field for field in face.fields if field.bound not in said]
    return FaceView(
        kind=face.kind,
        title=face.title(language),
        figure=figure,
        unit=unit,
        dots=_dots(face, language),
        facts=[_fact(each, face, language) for each in shown if each.place is not Place.BACK],
        back=[_fact(each, face, language) for each in shown if each.place is Place.BACK],
        news=face.look.text(language) if face.look.text else None,
        terms=face.design.terms(language) if face.design.terms else None,
        empty=_empty(face, language),
    )


def _figure(face: CardFace, language: Language) -> tuple[str, str]:
    """Give the big thing and what it is."""
    return _FIGURES[face.kind](face, language)


def _points(face: CardFace, language: Language) -> tuple[str, str]:
    return count(language.value, face.balance), ngettext(language.value, "point", "points", face.balance)


def _cashback(face: CardFace, language: Language) -> tuple[str, str]:
    worth = face.value(Bound.POINTS_WORTH)
    figure = value_text(worth, language) if worth else count(language.value, face.balance)
    return figure, gettext(language.value, "Cashback")


def _discount(face: CardFace, language: Language) -> tuple[str, str]:
    return percent(language.value, face.discount_bp), gettext(language.value, "Discount")


def _membership(face: CardFace, language: Language) -> tuple[str, str]:
    level = face.level_name(language) if face.level_name else gettext(language.value, "Member")
    return level, gettext(language.value, "Membership")


def _gift(face: CardFace, language: Language) -> tuple[str, str]:
    return money(language.value, face.prepaid_minor, face.currency), gettext(language.value, "Balance")


def _stamps(face: CardFace, language: Language) -> tuple[str, str]:
    return (face.stamps.title(language), gettext(language.value, "Stamps")) if face.stamps else ("", "")


def _coupon(face: CardFace, language: Language) -> tuple[str, str]:
    return (face.coupon.title(language), gettext(language.value, "Coupon")) if face.coupon else ("", "")


def _visits(face: CardFace, language: Language) -> tuple[str, str]:
    if face.coupon is None:
        return "", ""
    left = face.coupon.uses_left
    return count(language.value, left), ngettext(language.value, "visit left", "visits left", left)


_FIGURES: dict[CardKind, Callable[[CardFace, Language], tuple[str, str]]] = {
    CardKind.BONUS: _points,
    CardKind.CASHBACK: _cashback,
    CardKind.DISCOUNT: _discount,
    CardKind.MEMBERSHIP: _membership,
    CardKind.GIFT: _gift,
    CardKind.STAMP: _stamps,
    CardKind.COUPON: _coupon,
    CardKind.MULTIPASS: _visits,
}


def _dots(face: CardFace, language: Language) -> Dots | None:
    speech = language.value
    if face.kind is CardKind.STAMP and face.stamps:
        filled, of = min(face.stamps.collected, face.stamps.needed), face.stamps.needed
        text = gettext(speech, "{collected} of {needed} stamps", collected=filled, needed=of)
        return Dots(filled=filled, of=of, text=text)
    if face.kind is CardKind.MULTIPASS and face.coupon:
        filled, of = min(face.coupon.uses_left, face.coupon.uses_of), face.coupon.uses_of
        text = gettext(speech, "{left} of {all} visits left", left=filled, all=of)
        return Dots(filled=filled, of=of, text=text)
    return None


def _empty(face: CardFace, language: Language) -> str | None:
    """Say what to do about a card that has nothing to show yet."""
    speech = language.value
    if face.kind is CardKind.STAMP and face.stamps is None:
        return gettext(speech, "No stamps yet. Show the code at the till: the first one comes with the first purchase.")
    if face.kind in {CardKind.COUPON, CardKind.MULTIPASS} and face.coupon is None:
        return gettext(speech, "Nothing on this card right now. What you are given appears here by itself.")
    if face.kind is CardKind.GIFT and face.prepaid_minor == 0:
        return gettext(speech, "The balance is empty. Top it up at the till.")
    return None


def _fact(field: FaceField, face: CardFace, language: Language) -> Fact:
    return Fact(label=label_text(field, face, language), value=field_text(field, language))
