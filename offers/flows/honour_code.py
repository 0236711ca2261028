"""Honour a code that was shown: what it may do, for which outlet, how often, and how many points a day."""

from datetime import datetime, timedelta

from offers.engine.calendar import business_day, end_of_local_day
from offers.engine.code_rights import SHOWINGS_KEPT, SHOWN_FOR, Wish, check_moment, check_rights, check_sight
from offers.model.card_errors import CodeDailyLimit, CodeOutOfDate, CodeUsed
from offers.model.ids import CardId, OutletId
from offers.model.programme import Programme
from offers.model.showing import KeptShowing, Showing, ShownFor
from offers.store.work import Work

_DAY = timedelta(days=1)


async def see_code(
    work: Work, programme: Programme, card_id: CardId, shown: Showing, *, outlet_id: OutletId, at: datetime
) -> None:
    """Let an outlet read a code, now or for half an hour from when it did first.

    Raises RotatingCodeNeeded, NotByCode, CodeOutOfDate, CodeUsed (another outlet has read it).
    """
    check_sight(programme.terms.codes, shown)
    kept = await _keep(work, card_id, shown, outlet_id, at=at)
    if kept is not None and at > kept.seen_at + SHOWN_FOR:
        raise CodeOutOfDate(seconds=int((at - kept.seen_at).total_seconds()))


async def use_code(
    work: Work,
    card_id: CardId,
    shown: Showing,
    purpose: ShownFor,
    *,
    outlet_id: OutletId,
    cause: str,
    at: datetime,
    sold_at: datetime | None = None,
) -> None:
    """Let a code authorise one checkout, or one payment, in the caller's transaction; the same cause is the same.

    Raises CodeOutOfDate, CodeUsed.
    """
    if (kept := await _keep(work, card_id, shown, outlet_id, at=at, sold_at=sold_at)) is None:
        return
    if kept.used.get(purpose.value) != cause and not await work.showings.use(kept.key, purpose, cause):
        raise CodeUsed


async def points_left(
    work: Work, programme: Programme, card_id: CardId, shown: Showing, *, cause: str, at: datetime
) -> int | None:
    """Give the points that codes of this kind may still spend today, besides what `cause` has; None: no limit."""
    rights = programme.terms.codes.rights(shown)
    if not rights.redeem_points:
        return 0
    if rights.daily_points is None:
        return None
    drawn = await work.code_draws.drawn(card_id, business_day(at, programme.zone), cause, at=at)
    return max(0, rights.daily_points - drawn)


async def spendable_points(
    work: Work, programme: Programme, card_id: CardId, shown: Showing, free: int, *, asked: int, at: datetime
) -> int:
    """Give how many of a member's free points the code may spend now.

    Raises RotatingCodeNeeded, NotByCode, CodeDailyLimit, when more are asked for than the code lets.
    """
    left = await points_left(work, programme, card_id, shown, cause="", at=at)
    if left is None:
        return free
    if asked > left:
        policy = programme.terms.codes
        check_rights(policy, shown, Wish(points=asked))
        raise CodeDailyLimit(asked=asked, allowed=left, limit=policy.rights(shown).daily_points or 0)
    return min(free, left)


async def draw_points(
    work: Work,
    programme: Programme,
    card_id: CardId,
    shown: Showing,
    points: int,
    *,
    cause: str,
    at: datetime,
    until: datetime | None = None,
) -> None:
    """Draw points under the daily limit, for good or until a hold ends. Raises CodeDailyLimit."""
    limit = programme.terms.codes.rights(shown).daily_points
    if limit is None or not points:
        return
    day = business_day(at, programme.zone)
    forget_at = end_of_local_day(at, programme.zone, days=1) + _DAY
    drawn = await work.code_draws.draw(
        card_id, day, cause, points, limit=limit, until=until, at=at, forget_at=forget_at
    )
    if not drawn:
        left = await points_left(work, programme, card_id, shown, cause=cause, at=at)
        raise CodeDailyLimit(asked=points, allowed=left or 0, limit=limit)


async def honour_code(
    work: Work,
    programme: Programme,
    card_id: CardId,
    shown: Showing,
    wish: Wish,
    *,
    outlet_id: OutletId,
    cause: str,
    at: datetime,
    sold_at: datetime | None = None,
) -> None:
    """Check the rights, draw the points and use the code for a checkout: the last word before it is kept.

    Raises RotatingCodeNeeded, NotByCode, CodeDailyLimit, CodeOutOfDate, CodeUsed.
    """
    check_rights(programme.terms.codes, shown, wish)
    await draw_points(work, programme, card_id, shown, wish.points, cause=cause, at=at)
    await use_code(work, card_id, shown, ShownFor.CHECKOUT, outlet_id=outlet_id, cause=cause, at=at, sold_at=sold_at)


async def _keep(
    work: Work, card_id: CardId, shown: Showing, outlet_id: OutletId, *, at: datetime, sold_at: datetime | None = None
) -> KeptShowing | None:
    """Keep that an outlet reads a rotating code. Raises CodeOutOfDate, CodeUsed; None for a static code."""
    if shown.period is None:
        return None
    key = f"{card_id}:{shown.period}"
    kept = await work.showings.find(key)
    if kept is None:
        check_moment(shown, at, sold_at=sold_at)
        kept = await work.showings.see(key, outlet_id, at=at, forget_at=at + SHOWINGS_KEPT)
    if kept.outlet_id != outlet_id:
        raise CodeUsed
    return kept
