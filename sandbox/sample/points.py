"""The members' points: what a year of purchases would have given, half a year at a time, and what some of them spent."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from random import Random

from offers.engine.calendar import end_of_local_day
from offers.engine.lots import accrue, available, spend
from offers.flows.keep_movements import keep_movements
from offers.model.history import PastPurchase
from offers.model.ids import Chance, LotId, new_id
from offers.model.ledger import POINTS, Lot
from offers.model.member import Member
from offers.model.programme import BASIS_POINTS, Outlet, Programme
from offers.store.work import Work

SPENDERS = 0.4
MONTHS_IN_HALF = 6


async def give_points(
    work: Work,
    programme: Programme,
    outlet: Outlet,
    member: Member,
    purchases: Sequence[PastPurchase],
    *,
    dice: Random,
    until: datetime,
    chance: Chance,
) -> None:
    """Open the member's account with one accrual and lot for each half-year; two members in five spent a half of it."""
    account = await work.accounts.claim(member.id, programme.id, POINTS)
    days = programme.terms.points_live_days
    for half_year, some in groupby(purchases, key=_half_year):
        bought = list(some)
        last_at = bought[-1].at
        lot = Lot(
            id=LotId(new_id(last_at, chance)),
            issued=(points := sum(_points(programme, purchase) for purchase in bought)),
            remaining=points,
            active_from=last_at,
            expires_at=None if days is None else end_of_local_day(last_at, programme.zone, days=days),
            funder=outlet.merchant_id,
        )
        if points:
            cause = f"sample:{member.id}:{half_year}"
            movements = [accrue(account, lot)]
            account = await keep_movements(work, account, movements, cause=cause, effective_at=last_at, at=until)
    half = available(account, until) // 2
    if half and dice.random() < SPENDERS:
        movements = [spend(account, half, until)]
        await keep_movements(work, account, movements, cause=f"sample:{member.id}", effective_at=until, at=until)


def _half_year(purchase: PastPurchase) -> str:
    return f"{purchase.at.year}-h{(purchase.at.month - 1) // MONTHS_IN_HALF + 1}"


def _points(programme: Programme, purchase: PastPurchase) -> int:
    paid_minor = sum(line.payable_minor for line in purchase.lines)
    return paid_minor * programme.terms.accrual_bp // BASIS_POINTS // programme.terms.point_value_minor
