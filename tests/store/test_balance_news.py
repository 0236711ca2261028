"""News of a balance reach every card of the member and the chat, once; and the sweeper brings its own."""

import secrets
from datetime import timedelta
from typing import Any

from offers.flows.adjust_balance import AdjustBalance, Wish
from offers.flows.enrol_member import Enrolment
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.react_to_event import ReactToEvent
from offers.model.card import Announcement, Card
from offers.model.message import Lane, OutboxItem
from service.sweeper import Sweeper
from tests.ledger_house import LedgerHouse


async def react(house: LedgerHouse) -> None:
    """Work the events off, as the worker does."""
    items = await house.store.reading.outbox.claim(Lane.EVENTS, claim="e", at=house.clock(), lease_s=60)
    for item in items:
        assert await ReactToEvent(house.store, house.clock)(item)


async def told(house: LedgerHouse) -> list[OutboxItem]:
    return await house.store.reading.outbox.claim(Lane.TELEGRAM, claim="t", at=house.clock(), lease_s=60)


async def card(house: LedgerHouse, who: Enrolment) -> Card:
    found = await house.store.reading.cards.get(who.card.id)
    assert found is not None
    return found


async def test_an_adjustment_changes_the_card_and_is_told_in_the_chat(house: LedgerHouse) -> None:
    anna = await house.enrol(1, telegram_id=7)
    await react(house)
    before = await card(house, anna)
    wish = Wish(member_id=anna.member.id, points=50, reason="r", staff_id="olga", key="w")
    await AdjustBalance(house.store, house.clock, secrets.token_bytes)(house.programme, wish)

    await react(house)

    after = await card(house, anna)
    assert (after.version, after.announcement) == (before.version + 1, Announcement.BALANCE)
    facts: list[dict[str, Any]] = [item.payload for item in await told(house)]
    assert facts == [{"telegram_id": 7, "currency": "points", "reason": "adjusted", "points": 50, "balance": 50}]


async def test_after_a_merge_both_cards_show_every_change(house: LedgerHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    doubles = Doubles(survivor_id=anna.member.id, merged_id=double.member.id, staff_id="olga", reason="one")
    await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)
    await house.buy(double, points=10)

    await react(house)

    assert [(await card(house, each)).version for each in (anna, double)] == [3, 3]


async def test_the_sweeper_reminds_then_writes_off_and_the_card_falls_silently(house: LedgerHouse) -> None:
    await house.agree(points_live_days=10, expiry_reminder_days=3)
    anna = await house.enrol(1, telegram_id=7)
    await house.buy(anna, points=100)
    await react(house)
    await told(house)
    sweeper = Sweeper(house.store, house.clock)
    house.clock.move(timedelta(days=8))
    await sweeper.step()
    reminded = await told(house)
    house.clock.move(timedelta(days=4))

    await sweeper.step()
    await react(house)

    assert [item.kind for item in reminded if item.attempts == 1] == ["PointsExpiring"]
    assert (await card(house, anna)).announcement is Announcement.NOTHING
    assert [item.kind for item in await told(house) if item.attempts == 1] == []
    assert await house.spendable(anna.member.id) == 0
