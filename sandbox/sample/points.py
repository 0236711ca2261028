"""The members' points: what a year of purchases would have given, and what some of them spent."""

from collections.abc import Sequence
from datetime import datetime
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
    """Open the member's account with one accrual, what the whole year gave; two members in five spent half of it."""
    account = await work.accounts.claim(member.id, programme.id, POINTS)
    points = sum(_points(programme, purchase) for purchase in purchases)
    if not points:
        return
    last_at = purchases[-1].at
    days = programme.terms.points_live_days
    lot = Lot(
        id=LotId(new_id(last_at, chance)),
        issued=points,
        remaining=points,
        active_from=last_at,
        expires_at=None if days is None else end_of_local_day(last_at, programme.zone, days=days),
        funder=outlet.merchant_id,
    )
    movements = [accrue(account, lot)]
    half = available(movements[0].account, until) // 2
    if half and dice.random() < SPENDERS:
        movements.append(spend(movements[0].account, half, until))
    await keep_movements(work, account, movements, cause=f"sample:{member.id}", effective_at=until, at=until)


def _points(programme: Programme, purchase: PastPurchase) -> int:
    paid_minor = sum(line.payable_minor for line in purchase.lines)
    return paid_minor * programme.terms.accrual_bp // BASIS_POINTS // programme.terms.point_value_minor
