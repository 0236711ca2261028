"""Asking the wallets to show a card anew: one waiting update per card and wallet, whatever the number of causes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from offers.model.card import Card
from offers.model.message import Lane, OutboxItem, Priority
from offers.model.shown import Wallet
from offers.store.work import Work

CARD_CHANGED = "card_changed"
LANES = {Wallet.APPLE: Lane.APPLE, Wallet.GOOGLE: Lane.GOOGLE}


def update_key(card: Card, wallet: Wallet) -> str:
    return f"card:{card.id}:{wallet}"


async def ask_for_update(
    work: Work, card: Card, *, priority: Priority, interval_s: float, at: datetime, again: bool = False
) -> None:
    """Have every wallet that holds the card show its newest state, in the caller's transaction.

    The first change goes out at once, those that follow within `interval_s` go out together. `again` tells the
    wallets even if nothing changed since they were told last.
    """
    holding = await wallets_of(work, card)
    if not holding:
        return
    told_at = await work.shown.told_at(card.id)
    for wallet in holding:
        due_at = max(at, told_at[wallet] + timedelta(seconds=interval_s)) if wallet in told_at else at
        item = update_item(card, wallet, priority=priority, interval_s=interval_s, at=at, due_at=due_at, again=again)
        await work.outbox.refresh(item)


async def wallets_of(work: Work, card: Card) -> Collection[Wallet]:
    """Give the wallets that hold a card."""
    apple = [Wallet.APPLE] if await work.devices.any_of(card.serial) else []
    return [*apple, Wallet.GOOGLE] if card.google_saved else apple


def update_item(
    card: Card,
    wallet: Wallet,
    *,
    priority: Priority,
    interval_s: float,
    at: datetime,
    due_at: datetime,
    again: bool = False,
) -> OutboxItem:
    """Make the item that stands for all updates of a card that wait for one wallet."""
    payload: dict[str, Any] = {"card_id": card.id, "serial": card.serial, "version": card.version}
    return OutboxItem(
        key=update_key(card, wallet),
        lane=LANES[wallet],
        kind=CARD_CHANGED,
        programme_id=card.programme_id,
        member_id=card.member_id,
        payload={**payload, "again": True} if again else payload,
        created_at=at,
        due_at=due_at,
        priority=priority,
        revision=1,
        rest_s=interval_s,
    )
