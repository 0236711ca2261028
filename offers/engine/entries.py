"""Entries: movements numbered and named, as the ledger keeps them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from offers.engine.lots import Movement
from offers.model.ledger import Account, EntryKind, LedgerEntry


def numbered(
    account: Account, movements: Sequence[Movement], *, cause: str, effective_at: datetime, at: datetime
) -> tuple[list[LedgerEntry], Account]:
    """Make one entry of each movement, and the account they lead to.

    An entry's cause key is the cause and its kind; an activation's or expiry's is its lot and instant, whoever came to
    write it first.
    """
    entries = [
        LedgerEntry(
            member_id=account.member_id,
            programme_id=account.programme_id,
            currency=account.currency,
            seq=account.seq + number,
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
    last = movements[-1].account if movements else account
    return entries, replace(last, seq=account.seq + len(entries))


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
