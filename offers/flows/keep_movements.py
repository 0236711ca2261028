"""Keep what a decision did to an account: numbered entries and the account they lead to."""

from collections.abc import Sequence
from datetime import datetime

from offers.engine.entries import numbered
from offers.engine.lots import Movement
from offers.model.ledger import Account
from offers.store.work import Work


async def keep_movements(
    work: Work,
    claimed: Account,
    movements: Sequence[Movement],
    *,
    cause: str,
    effective_at: datetime,
    at: datetime,
) -> Account:
    """Append one entry per movement and write the account after the last one; give that account."""
    if not movements:
        return claimed
    entries, account = numbered(claimed, movements, cause=cause, effective_at=effective_at, at=at)
    await work.accounts.keep(account, entries)
    return account
