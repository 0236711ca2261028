"""Where the fields of a design stand on a Google pass: a pure function of the design, so class and objects agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from offers.model.design import Bound, CardDesign, DesignField, Place
from wallet.google.kinds import Kind, class_kind

FRONT: Final = (Place.HEADER, Place.PRIMARY, Place.SECONDARY, Place.AUXILIARY)
ROWS: Final = 3
ROW_ITEMS: Final = 3
MODULES: Final = 10
MEASURES: Final = frozenset(
    {
        Bound.POINTS,
        Bound.POINTS_WORTH,
        Bound.LEVEL_DISCOUNT,
        Bound.LEVEL_ACCRUAL,
        Bound.STAMPS_COLLECTED,
        Bound.STAMPS_LEFT,
        Bound.COUPON_USES_LEFT,
        Bound.COUPONS_COUNT,
        Bound.PREPAID_BALANCE,
    }
)
"""What may stand where Google shows a balance, of which a loyalty card has two."""
COMMON: Final = frozenset({Bound.TEXT, Bound.LAYER_TEXT})
"""What all cards show alike: it goes on the class, so that a change of it is one call."""
_POINTS_PATHS: Final = ("object.loyaltyPoints.balance", "object.secondaryLoyaltyPoints.balance")
_OWN_PATHS: Final[dict[Kind, dict[Bound, str]]] = {
    Kind.CLASS: {Bound.PROFILE_NUMBER: "object.accountId", Bound.PROFILE_NAME: "object.accountName"},
    Kind.GIFT_CARD_CLASS: {Bound.PREPAID_BALANCE: "object.balance", Bound.PROFILE_NUMBER: "object.cardNumber"},
    Kind.OFFER_CLASS: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """`measures` are the keys of the fields shown as points; `modules` those written as texts, the front's first.

    `rows` are the field paths of the card's front, row by row.
    """

    measures: tuple[str, ...]
    modules: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def slots_of(design: CardDesign) -> Slots:
    """Give each field the place that Google has for it, else a text; what is beyond Google's limits is left out."""
    kind = class_kind(design.kind)
    front = [each for place in FRONT for each in design.fields if each.place is place and each.bound not in COMMON]
    measures = [each.key for each in front if each.bound in MEASURES][:2] if kind is Kind.CLASS else []
    back = [each for each in design.fields if each.place is Place.BACK and each.bound not in COMMON]
    own = _OWN_PATHS[kind]
    texts = [each.key for each in (*front, *back) if each.key not in measures and each.bound not in own][:MODULES]
    paths = [
        _path(each, measures, own) for each in front if each.key in measures or each.bound in own or each.key in texts
    ]
    return Slots(measures=tuple(measures), modules=tuple(texts), rows=_rows(paths))


def _path(field: DesignField, measures: list[str], own: dict[Bound, str]) -> str:
    if field.key in measures:
        return _POINTS_PATHS[measures.index(field.key)]
    return own.get(field.bound) or f"object.textModulesData['{field.key}']"


def _rows(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Two to a row; three to a row when there would be more than three rows."""
    whole = list(dict.fromkeys(paths))
    length = 2 if len(whole) <= ROWS * 2 else ROW_ITEMS
    return tuple(tuple(whole[start : start + length]) for start in range(0, len(whole), length))[:ROWS]
