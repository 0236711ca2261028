"""Keep the level a member holds: written with the purchase or the return that changed it, in its transaction."""

from datetime import datetime

from offers.engine.held_levels import counts_from, level_called
from offers.engine.level_terms import (
    Spending,
    after_coming_back,
    from_the_beginning,
    higher,
    is_kept,
    is_lower,
    look_again_at,
    standing_of,
)
from offers.flows.find_standing import find_held, find_standing
from offers.flows.tell_outbox import event_item
from offers.model.events import LevelLost
from offers.model.held_level import HeldLevel, LevelStanding, Spent
from offers.model.ids import MemberId
from offers.model.member import Counters, Member
from offers.model.programme import Programme
from offers.model.purchase import Receipt
from offers.store.work import Work

Standings = tuple[LevelStanding, LevelStanding]
"""How a member stood before something happened, and how they stand after it."""


async def keep_level_bought(
    work: Work, programme: Programme, member: Member, receipt: Receipt, counters: Counters, *, at: datetime
) -> Standings:
    """Keep the level after a purchase. Asked before its receipt is kept; `counters` count it already."""
    before = await find_standing(work, programme, member, at=at)
    terms, zone = programme.terms, programme.zone
    if not is_kept(terms):
        return before, LevelStanding(spend_minor=counters.spend_minor)
    since = counts_from(terms.level_rules, at, zone)
    counts = since is None or receipt.at >= since
    spend_minor = before.spend_minor + (receipt.payable_minor if counts else 0)
    after = standing_of(terms, before.held, spend_minor, at=at, zone=zone)
    await _keep(work, programme, member, before, after.held, at=at)
    return before, after


async def keep_level_returned(
    work: Work, programme: Programme, member: Member, back: Spent, *, at: datetime
) -> Standings:
    """Keep the level after so much of a purchase came back. Asked when its receipt says so already."""
    if not is_kept(programme.terms):
        spent = member.counters.spend_minor
        return LevelStanding(spend_minor=spent), LevelStanding(spend_minor=spent - back.minor)
    purchases = await work.receipts.spent_since(member.id, None)
    before, after, held = after_coming_back(
        programme.terms, member.held_level, purchases, back, at=at, zone=programme.zone
    )
    await _keep(work, programme, member, before, held, at=at)
    return before, after


async def better_level(
    work: Work, programme: Programme, one: Member, other: Member, *, at: datetime
) -> HeldLevel | None:
    """Give the better level of two who are one person. Asked while each still has their own purchases."""
    if not is_kept(programme.terms):
        return None
    levels = [await find_held(work, programme, member, at=at) for member in (one, other)]
    return higher(programme.terms, *levels)


async def keep_level_merged(
    work: Work, programme: Programme, survivor: Member, merged: Member, better: HeldLevel | None, *, at: datetime
) -> None:
    """Keep the better level, or what both together reached. Asked when the survivor has the purchases of both."""
    terms, zone = programme.terms, programme.zone
    if is_kept(terms):
        spend_minor = await work.receipts.spend_since(survivor.id, counts_from(terms.level_rules, at, zone))
        held = standing_of(terms, better, spend_minor, at=at, zone=zone).held
        await work.members.hold_level(survivor.id, held, look_again_at=look_again_at(terms, held))
        await work.members.hold_level(merged.id, None, look_again_at=None)


async def keep_level_counted(work: Work, programme: Programme, member_id: MemberId) -> None:
    """Work a level out again from the receipts a member has now: purchases came or went with a card."""
    if is_kept(programme.terms):
        spending = Spending(await work.receipts.spent_since(member_id, None))
        held = from_the_beginning(programme.terms, spending, zone=programme.zone)
        await work.members.hold_level(member_id, held, look_again_at=look_again_at(programme.terms, held))


async def _keep(
    work: Work, programme: Programme, member: Member, before: LevelStanding, held: HeldLevel | None, *, at: datetime
) -> None:
    """Write a level that is another one now; a level that had lapsed until then is told of."""
    if is_lower(programme.terms, before.held, member.held_level):
        await tell_of_loss(work, programme, member, before.held, at=at)
    if held != member.held_level:
        due_at = look_again_at(programme.terms, held)
        await work.members.hold_level(member.id, held, look_again_at=due_at)


async def tell_of_loss(
    work: Work, programme: Programme, member: Member, held: HeldLevel | None, *, at: datetime
) -> None:
    """Put the news that the level kept for a member lapsed and `held` is what they have now: once for each term."""
    if member.held_level is None:
        return
    lost = level_called(programme.terms, member.held_level.level)
    now = level_called(programme.terms, held.level) if held else None
    event = LevelLost(
        key=f"level:{member.id}:{_term(member.held_level)}:lost",
        programme_id=programme.id,
        member_id=member.id,
        at=at,
        level_ru=lost.name.ru if lost else "",
        level_en=lost.name.en if lost else "",
        now_ru=now.name.ru if now else "",
        now_en=now.name.en if now else "",
        discount_bp=now.discount_bp if now else 0,
    )
    await work.outbox.put([event_item(event)])


def _term(held: HeldLevel) -> str:
    return held.safe_until.isoformat() if held.safe_until else held.since.isoformat()
