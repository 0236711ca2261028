"""A member's coupons at Google: each an offer of its own, linked to the loyalty card. Pure."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from offers.engine.card_face import CardFace, card_face
from offers.engine.card_look import CardLook
from offers.engine.face_values import CardNouns
from offers.engine.starter_designs import starter_design
from offers.model.card import CardState
from offers.model.coupon import Availability, Coupon
from offers.model.design import Bound, CardDesign, CardKind
from offers.model.programme import LocalText, Programme
from wallet.google.bodies import ObjectSubject, state_of
from wallet.google.class_bodies import ClassSubject

LINKED: Final = 10
"""A loyalty card shows no more coupons than these: what ends first comes first."""
_NOT_OF_A_COUPON: Final = frozenset({Bound.CARD_CODE, Bound.LAYER_TEXT})
_DIGEST_BYTES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCoupon:
    """A coupon as an offer class and an offer object; `is_live` while it may be used, now or again."""

    coupon: Coupon
    parent: ClassSubject
    object: ObjectSubject

    @property
    def face(self) -> CardFace:
        return self.object.face

    @property
    def is_live(self) -> bool:
        return state_of(self.face) == "ACTIVE"


def linked_coupon(
    nouns: CardNouns, coupon: Coupon, now: Availability, *, look: CardLook, code_key: bytes, at: datetime
) -> LinkedCoupon:
    """Draw a coupon as a coupon card of its own, in the look of the card it is linked to."""
    programme = nouns.programme
    design = coupon_design(programme, coupon.title, look)
    card = replace(nouns.card, serial=f"coupon-{coupon.id}", subject=coupon.id, state=CardState.ACTIVE)
    own = replace(nouns, design=design, card=card, coupons=((coupon, now),))
    face = replace(card_face(own, code_key=code_key, at=at), scan_code=coupon.id.upper())
    return LinkedCoupon(
        coupon=coupon,
        parent=ClassSubject(programme=programme, design=design, look=look),
        object=ObjectSubject(face=face, common=face.look, issued_at=coupon.valid_from),
    )


def coupon_design(programme: Programme, title: LocalText, look: CardLook) -> CardDesign:
    """Make the design of all coupons with one title: the title is what an offer class shows and cannot vary by card."""
    name = hashlib.blake2b(f"{title.ru}\n{title.en}".encode(), digest_size=_DIGEST_BYTES).hexdigest()
    start = starter_design(programme.id, CardKind.COUPON, slug=f"coupon.{name}", colours=look.colours)
    fields = tuple(each for each in start.fields if each.bound not in _NOT_OF_A_COUPON)
    return replace(start, title=title, fields=fields, shows_code_text=True)
