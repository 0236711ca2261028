"""Find how a member stands: the level held as of an instant, and what counts towards the next."""

from datetime import datetime

from offers.engine.held_levels import counts_from, lapses_at
from offers.engine.level_terms import Spending, followed, is_kept, is_lapsed, standing_of
from offers.model.held_level import HeldLevel, LevelStanding
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.work import Work


async def find_standing(work: Work, programme: Programme, member: Member, *, at: datetime) -> LevelStanding:
    """Tell how a member stands at an instant, whether or not anybody noted what lapsed.

    Where the spend of a lifetime decides, the member's counters know it and nothing is asked.
    """
    terms, zone = programme.terms, programme.zone
    if not is_kept(terms):
        return LevelStanding(spend_minor=member.counters.spend_minor)
    held = await find_held(work, programme, member, at=at)
    spend_minor = await work.receipts.spend_since(member.id, counts_from(terms.level_rules, at, zone))
    return standing_of(terms, held, spend_minor, at=at, zone=zone)


async def find_held(work: Work, programme: Programme, member: Member, *, at: datetime) -> HeldLevel | None:
    """Give the level that is kept for a member, followed through what lapsed since it was kept."""
    terms, zone, held = programme.terms, programme.zone, member.held_level
    if held is None or not is_lapsed(terms, held, at):
        return held
    since = counts_from(terms.level_rules, lapses_at(terms.level_rules, held) or at, zone)
    spending = Spending(await work.receipts.spent_since(member.id, since))
    return followed(terms, held, spending, at=at, zone=zone)
