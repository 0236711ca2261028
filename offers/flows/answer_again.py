"""Answer again: what a cause has already done to an account."""

from offers.model.ids import MemberId
from offers.model.ledger import LedgerEntry
from offers.model.ledger_errors import MovementKeyReused
from offers.store.work import Work


async def answer_again(
    work: Work, asked_id: MemberId, member_id: MemberId, currency: str, cause_key: str, *, points: int
) -> LedgerEntry | None:
    """Find the entry of a cause. Raises MovementKeyReused when the same key once moved other points.

    A member merged since the first asking is `member_id` now and has the entry under the id that is asked for.
    """
    entry = await earlier_entry(work, asked_id, member_id, currency, cause_key)
    if entry is not None and entry.points != points:
        raise MovementKeyReused(key=cause_key)
    return entry


async def earlier_entry(
    work: Work, asked_id: MemberId, member_id: MemberId, currency: str, cause_key: str
) -> LedgerEntry | None:
    entry = await work.accounts.entry(asked_id, currency, cause_key)
    if entry is None and member_id != asked_id:
        entry = await work.accounts.entry(member_id, currency, cause_key)
    return entry
