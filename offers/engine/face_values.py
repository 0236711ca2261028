"""The values a design's fields are bound to: each a pure function of the nouns behind a card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.engine.levels import level_ahead, level_held
from offers.engine.lots import available
from offers.engine.standing_terms import accrual_shown_bp, discount_shown_bp
from offers.model.card import Card
from offers.model.coupon import Availability, Coupon, CouponState
from offers.model.design import Bound, CardDesign, CardKind
from offers.model.face import FaceCoupon, FaceStamps, FaceValue, Shape
from offers.model.held_level import LevelStanding
from offers.model.ledger import Account, Lot
from offers.model.member import Member
from offers.model.programme import LocalText, Programme
from offers.model.stamps import StampCard

_NUMBER_LENGTH = 8
_OVER = frozenset({CouponState.EXPIRED, CouponState.REVOKED, CouponState.EXHAUSTED, CouponState.REDEEMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNouns:
    """Everything behind a card. What its design does not show may be missing: accounts, stamps, coupons."""

    programme: Programme
    design: CardDesign
    member: Member
    card: Card
    account: Account | None
    standing: LevelStanding
    prepaid: Account | None = None
    stamps: tuple[StampCard, ...] = ()
    coupons: tuple[tuple[Coupon, Availability], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The nouns at an instant, with what layers say instead of them."""

    nouns: CardNouns
    at: datetime
    code: str
    layer_text: LocalText | None = None
    layer_discount_bp: int | None = None

    def of(self, bound: Bound) -> FaceValue | None:
        """Give what a binding shows; None when there is nothing to show."""
        return _WAYS[bound](self) if bound in _WAYS else None

    @property
    def discount_bp(self) -> int:
        if self.layer_discount_bp is not None:
            return self.layer_discount_bp
        nouns = self.nouns
        return discount_shown_bp(nouns.programme.terms, nouns.standing, nouns.member, self.at)

    @property
    def balance(self) -> int:
        return available(self.nouns.account, self.at) if self.nouns.account else 0

    @property
    def prepaid_minor(self) -> int:
        return available(self.nouns.prepaid, self.at) if self.nouns.prepaid else 0

    @property
    def coupon(self) -> FaceCoupon | None:
        """Give the coupon the card names, else the best one of the offer its design names, else the member's best."""
        nouns = self.nouns
        chosen = (
            [pair for pair in nouns.coupons if pair[0].id == nouns.card.subject]
            if nouns.card.subject
            else [pair for pair in nouns.coupons if nouns.design.offer in {None, pair[0].offer_id}]
        )
        best = min(chosen, key=_coupon_place, default=None)
        return face_coupon(*best) if best else None

    @property
    def stamps(self) -> FaceStamps | None:
        nouns = self.nouns
        own = [each for each in nouns.stamps if nouns.design.offer in {None, each.offer_id.partition(".")[2]}]
        return FaceStamps(title=own[0].title, collected=own[0].collected, needed=own[0].needed) if own else None

    @property
    def expires_at(self) -> datetime | None:
        """Give when the card ends: the design's own end, its life, or that of the coupon it is about."""
        design, card, coupon = self.nouns.design, self.nouns.card, self.coupon
        ends = [design.expires_at]
        if design.life_days is not None:
            ends.append(card.issued_at + timedelta(days=design.life_days))
        if design.kind in {CardKind.COUPON, CardKind.MULTIPASS} and coupon and coupon.again_at is None:
            ends.append(coupon.until)
        return min((end for end in ends if end is not None), default=None)


def face_coupon(coupon: Coupon, now: Availability) -> FaceCoupon:
    return FaceCoupon(
        coupon_id=coupon.id,
        title=coupon.title,
        uses_left=now.uses_left,
        uses_of=coupon.recurrence.uses_per_period,
        until=now.until,
        again_at=now.again_at,
        is_over=now.uses_left == 0 and now.again is None and now.state in _OVER,
    )


def _coupon_place(pair: tuple[Coupon, Availability]) -> tuple[bool, float, str]:
    coupon, now = pair
    return now.uses_left == 0, now.until.timestamp() if now.until else float("inf"), coupon.id


def _text(text: LocalText | None) -> FaceValue | None:
    return FaceValue(shape=Shape.TEXT, text=text) if text is not None else None


def _plain(text: str) -> FaceValue:
    return FaceValue(shape=Shape.TEXT, text=LocalText(ru=text, en=text))


def _count(number: int) -> FaceValue:
    return FaceValue(shape=Shape.COUNT, number=number)


def _money(values: Values, minor: int) -> FaceValue:
    return FaceValue(shape=Shape.MONEY, number=minor, currency=values.nouns.programme.currency)


def _day(values: Values, at: datetime | None) -> FaceValue | None:
    return FaceValue(shape=Shape.DAY, at=at, zone=values.nouns.programme.zone) if at is not None else None


def _number(values: Values) -> FaceValue:
    return _plain(values.nouns.member.external_id or values.nouns.card.id[-_NUMBER_LENGTH:].upper())


def _name(values: Values) -> FaceValue | None:
    personal = values.nouns.member.personal
    return _plain(personal.name) if personal and personal.name else None


def _expiring(values: Values) -> Lot | None:
    """The lots that run out first, as one."""
    account = values.nouns.account
    lots = [lot for lot in account.lots if _runs_out(lot, values.at)] if account else []
    return min(lots, key=lambda lot: (lot.expires_at, lot.id), default=None)


def _runs_out(lot: Lot, at: datetime) -> bool:
    return lot.remaining > 0 and lot.active_from <= at and lot.expires_at is not None and at < lot.expires_at


def _expiring_points(values: Values) -> FaceValue | None:
    first, account = _expiring(values), values.nouns.account
    if first is None or account is None:
        return None
    same = (lot for lot in account.lots if _runs_out(lot, values.at) and lot.expires_at == first.expires_at)
    return _count(min(values.balance, sum(lot.remaining for lot in same)))


def _expire_on(values: Values) -> FaceValue | None:
    first = _expiring(values)
    return _day(values, first.expires_at) if first else None


def _pending(values: Values) -> FaceValue | None:
    account = values.nouns.account
    points = sum(lot.remaining for lot in account.lots if values.at < lot.active_from) if account else 0
    return _count(points) if points else None


def _level(values: Values) -> FaceValue | None:
    level = level_held(values.nouns.programme.terms, values.nouns.standing)
    return _text(level.name) if level else None


def _next(values: Values) -> FaceValue | None:
    ahead = level_ahead(values.nouns.programme.terms, values.nouns.standing)
    return _text(ahead.name) if ahead else None


def _missing(values: Values) -> FaceValue | None:
    ahead = level_ahead(values.nouns.programme.terms, values.nouns.standing)
    return _money(values, ahead.spend_threshold_minor - values.nouns.standing.spend_minor) if ahead else None


def _accrual(values: Values) -> FaceValue:
    nouns = values.nouns
    rate = accrual_shown_bp(nouns.programme.terms, nouns.standing, nouns.member, values.at)
    return FaceValue(shape=Shape.PERCENT, number=rate)


def _stamps_row(values: Values) -> FaceValue | None:
    stamps = values.stamps
    return FaceValue(shape=Shape.STAMPS, number=stamps.collected, of=stamps.needed) if stamps else None


def _usable_coupons(values: Values) -> int:
    return sum(now.uses_left > 0 for _, now in values.nouns.coupons)


_WAYS: dict[Bound, Callable[[Values], FaceValue | None]] = {
    Bound.PROGRAMME_NAME: lambda values: _text(values.nouns.programme.name),
    Bound.PROFILE_NUMBER: _number,
    Bound.PROFILE_NAME: _name,
    Bound.PROFILE_SINCE: lambda values: _day(values, values.nouns.member.enrolled_at),
    Bound.PROFILE_PURCHASES: lambda values: _count(values.nouns.member.counters.purchases),
    Bound.CARD_CODE: lambda values: _plain(values.code),
    Bound.CARD_EXPIRES: lambda values: _day(values, values.expires_at),
    Bound.POINTS: lambda values: _count(values.balance),
    Bound.POINTS_PENDING: _pending,
    Bound.POINTS_EXPIRING: _expiring_points,
    Bound.POINTS_EXPIRE_ON: _expire_on,
    Bound.POINTS_WORTH: lambda values: _money(values, values.balance * values.nouns.programme.terms.point_value_minor),
    Bound.LEVEL_NAME: _level,
    Bound.LEVEL_DISCOUNT: lambda values: FaceValue(shape=Shape.PERCENT, number=values.discount_bp),
    Bound.LEVEL_ACCRUAL: _accrual,
    Bound.LEVEL_NEXT: _next,
    Bound.LEVEL_MISSING: _missing,
    Bound.STAMPS_TITLE: lambda values: _text(values.stamps.title) if values.stamps else None,
    Bound.STAMPS_COLLECTED: _stamps_row,
    Bound.STAMPS_LEFT: lambda values: (
        _count(max(0, values.stamps.needed - values.stamps.collected)) if values.stamps else None
    ),
    Bound.STAMPS_ROW: _stamps_row,
    Bound.COUPONS_COUNT: lambda values: _count(_usable_coupons(values)),
    Bound.COUPON_TITLE: lambda values: _text(values.coupon.title) if values.coupon else None,
    Bound.COUPON_USES_LEFT: lambda values: _count(values.coupon.uses_left) if values.coupon else None,
    Bound.COUPON_UNTIL: lambda values: _day(values, values.coupon.until) if values.coupon else None,
    Bound.COUPON_AGAIN: lambda values: (
        _day(values, values.coupon.again_at) if values.coupon and values.coupon.uses_left == 0 else None
    ),
    Bound.PREPAID_BALANCE: lambda values: _money(values, values.prepaid_minor),
    Bound.LAYER_TEXT: lambda values: _text(values.layer_text),
}
