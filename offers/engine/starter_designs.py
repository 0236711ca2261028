"""A good design of every kind to begin with: colours are the merchant's, the fields are what such a card is for."""

from offers.model.design import MAIN_DESIGN, Bound, CardDesign, CardKind, Colours, DesignField, Place
from offers.model.ids import ProgrammeId

_H, _P, _S, _A, _B = Place.HEADER, Place.PRIMARY, Place.SECONDARY, Place.AUXILIARY, Place.BACK

_Plan = tuple[tuple[Place, Bound], ...]

_LEVEL: _Plan = ((_S, Bound.LEVEL_NAME), (_S, Bound.LEVEL_MISSING))
_BACK: _Plan = ((_B, Bound.LAYER_TEXT), (_B, Bound.CARD_CODE))
_BALANCE_BACK: _Plan = ((_B, Bound.LAYER_TEXT), (_B, Bound.LEVEL_ACCRUAL), (_B, Bound.CARD_CODE))

_FIELDS: dict[CardKind, _Plan] = {
    CardKind.BONUS: ((_H, Bound.POINTS), (_S, Bound.LEVEL_DISCOUNT), *_LEVEL, *_BALANCE_BACK),
    CardKind.CASHBACK: (
        (_H, Bound.POINTS_WORTH),
        (_S, Bound.LEVEL_ACCRUAL),
        *_LEVEL,
        (_B, Bound.POINTS_EXPIRING),
        (_B, Bound.POINTS_EXPIRE_ON),
        *_BACK,
    ),
    CardKind.DISCOUNT: ((_H, Bound.LEVEL_DISCOUNT), *_LEVEL, *_BACK),
    CardKind.STAMP: (
        (_H, Bound.STAMPS_COLLECTED),
        (_P, Bound.STAMPS_ROW),
        (_S, Bound.STAMPS_TITLE),
        (_S, Bound.STAMPS_LEFT),
        *_BACK,
    ),
    CardKind.COUPON: (
        (_H, Bound.COUPON_UNTIL),
        (_P, Bound.COUPON_TITLE),
        (_S, Bound.COUPON_USES_LEFT),
        (_S, Bound.COUPON_AGAIN),
        *_BACK,
    ),
    CardKind.MEMBERSHIP: (
        (_H, Bound.PROFILE_NUMBER),
        (_P, Bound.LEVEL_NAME),
        (_S, Bound.PROFILE_SINCE),
        (_S, Bound.CARD_EXPIRES),
        *_BACK,
    ),
    CardKind.GIFT: ((_H, Bound.PROFILE_NUMBER), (_P, Bound.PREPAID_BALANCE), (_S, Bound.CARD_EXPIRES), *_BACK),
    CardKind.MULTIPASS: (
        (_H, Bound.COUPON_UNTIL),
        (_P, Bound.COUPON_USES_LEFT),
        (_S, Bound.COUPON_TITLE),
        *_BACK,
    ),
}

_KEYS: dict[Bound, str] = {
    Bound.POINTS: "balance",
    Bound.LEVEL_DISCOUNT: "discount",
    Bound.LEVEL_NAME: "level",
    Bound.LEVEL_MISSING: "next",
    Bound.LEVEL_ACCRUAL: "rules",
    Bound.CARD_CODE: "code",
    Bound.LAYER_TEXT: "news",
}
"""A phone tells what changed by a field's key: these were always called so."""


def starter_design(
    programme_id: ProgrammeId,
    kind: CardKind = CardKind.BONUS,
    *,
    slug: str = MAIN_DESIGN,
    colours: Colours | None = None,
) -> CardDesign:
    """Make the first edition of a design of this kind. The field of a binding is called by the binding."""
    return CardDesign(
        programme_id=programme_id,
        slug=slug,
        kind=kind,
        colours=colours or Colours(),
        fields=tuple(
            DesignField(key=_KEYS.get(bound, bound.value.replace(".", "_")), place=place, bound=bound)
            for place, bound in _FIELDS[kind]
        ),
    )
