"""What a code that was shown may do: the programme's policy, as pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.engine.rotating_codes import CLOCK_SKEW_S, PERIOD_S, WINDOW_PERIODS, began_at
from offers.engine.timeliness import CLOCK_SKEW, LATE_DAYS
from offers.model.card_errors import CodeOutOfDate, NotByCode, RotatingCodeNeeded
from offers.model.decision import Decision
from offers.model.showing import CodePolicy, CodeRight, Showing, ShownBy

SHOWN_FOR = timedelta(minutes=30)
"""So long after it was read for the first time a rotating code serves its outlet: a basket takes its time."""
SHOWINGS_KEPT = timedelta(days=LATE_DAYS + 1)
"""Longer than a till may take to report a purchase, so that no code comes back after it was forgotten."""
COUPON = "coupon:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a code is shown for."""

    points: int = 0
    coupons: bool = False
    prepaid: bool = False


def wish_of(decision: Decision) -> Wish:
    """Say what a decision uses of a member's own: points, and coupons (vouchers are anybody's who types them)."""
    coupons = any(offer.code is not None and offer.code.startswith(COUPON) for offer in decision.offers)
    return Wish(points=decision.points_redeemed, coupons=coupons)


def check_sight(policy: CodePolicy, shown: Showing) -> None:
    """Refuse a code that opens nothing. Raises RotatingCodeNeeded, NotByCode."""
    check_right(policy, shown, CodeRight.SEE, field=None)


def check_right(policy: CodePolicy, shown: Showing, right: CodeRight, *, field: str | None) -> None:
    """Refuse one use of a code. Raises RotatingCodeNeeded, NotByCode, which point at the field that asks for it."""
    if policy.rights(shown).allow(right):
        return
    if shown.by is ShownBy.STATIC and policy.rotating.allow(right):
        raise RotatingCodeNeeded(right=right.value, field=field)
    raise NotByCode(right=right.value, field=field)


def check_rights(policy: CodePolicy, shown: Showing, wish: Wish) -> None:
    """Refuse what the code may not do, pointing at the field that asks for it. Raises RotatingCodeNeeded, NotByCode."""
    if wish.prepaid:
        check_right(policy, shown, CodeRight.SPEND_PREPAID, field="/amount_minor")
        return
    check_right(policy, shown, CodeRight.ACCRUE, field=None)
    if wish.points:
        check_right(policy, shown, CodeRight.REDEEM_POINTS, field="/points_to_redeem")
    if wish.coupons:
        check_right(policy, shown, CodeRight.USE_COUPONS, field="/coupon_codes")


def check_moment(shown: Showing, at: datetime, *, sold_at: datetime | None = None) -> None:
    """Refuse a rotating code of another time, when a till reads it first (CodeOutOfDate).

    A sale reported late is judged by its own time, as far as a till's clock can be trusted.
    """
    if shown.period is None:
        return
    around = timedelta(seconds=WINDOW_PERIODS * PERIOD_S + CLOCK_SKEW_S)
    moment = at
    if sold_at is not None and sold_at < at - CLOCK_SKEW:
        moment, around = sold_at, around + CLOCK_SKEW
    if not began_at(shown.period) - around <= moment < began_at(shown.period + 1) + around:
        raise CodeOutOfDate(seconds=int((at - began_at(shown.period)).total_seconds()))
