"""Keep what a decision did to an account: numbered entries and the account they lead to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from offers.engine.lots import Movement
from offers.model.ledger import Account, EntryKind, LedgerEntry
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
    """Append one entry per movement and write the account after the last one; give that account.

    An entry's cause key is the cause and its kind; an activation's or expiry's is its lot and instant, whoever came to
    write it first.
    """
    if not movements:
        return claimed
    entries = [
        LedgerEntry(
            member_id=claimed.member_id,
            programme_id=claimed.programme_id,
            currency=claimed.currency,
            seq=claimed.seq + number,
            kind=movement.kind,
            points=movement.points,
            cause_key=_cause_key(movement, cause),
            effective_at=effective_at,
            recorded_at=at,
            edges=movement.edges,
            balance=movement.account.balance,
        )
        for number, movement in enumerate(movements, start=1)
    ]
    account = replace(movements[-1].account, seq=claimed.seq + len(entries))
    await work.accounts.keep(account, entries)
    return account


def _cause_key(movement: Movement, cause: str) -> str:
    if movement.kind is EntryKind.EXPIRY:
        lot = movement.shares[0]
        ended = lot.expires_at.isoformat() if lot.expires_at else "never"
        return f"lot:{lot.id}:{ended}:expiry"
    if movement.kind is EntryKind.ACTIVATION:
        lot = movement.shares[0]
        return f"lot:{lot.id}:{lot.active_from.isoformat()}:activation"
    if movement.kind is EntryKind.REVERSAL:
        return f"{cause}:{'restored' if movement.points > 0 else 'taken_back'}"
    return f"{cause}:{movement.kind}"
