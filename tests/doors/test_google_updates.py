"""Updates on their way to Google: the newest state, the least of it, one call for what all share, three rings a day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from certs.dev import DevIdentities
from offers.flows.card_updates import update_item
from offers.flows.put_layer import LayerWish
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.message import Lane, Priority
from offers.model.shown import Wallet
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME
from tests.updates_house import ISSUER, UpdatesHouse, open_updates_house
from wallet.google.veil import veiled

RED = LayerParts(colours=LayerColours(background="#7a0010", foreground="#ffffff", label="#ffffff"))


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[UpdatesHouse]:
    async with open_updates_house(store, clock, dev_identities) as opened:
        yield opened


async def test_only_what_differs_is_sent(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    receipt = await house.buy(anna)

    await house.work()

    (call,) = house.google.calls
    assert (call.method, call.status) == ("PATCH", 200)
    assert call.body["loyaltyPoints"] == {"balance": {"int": receipt.balance}}
    assert not {"id", "classId", "state", "barcode", "rotatingBarcode"} & call.body.keys()
    held = house.google.object(call.path.rpartition("/")[2])
    shown = await house.shown(Wallet.GOOGLE, card)
    assert shown.body is not None
    assert {name: held[name] for name in shown.body} == {**shown.body, "rotatingBarcode": held["rotatingBarcode"]}
    assert veiled(held)["rotatingBarcode"] == shown.body["rotatingBarcode"]


async def test_what_did_not_change_is_not_sent(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    await house.buy(anna)
    await house.work()
    house.google.calls.clear()
    house.pass_by(60)
    at = house.clock()
    asked = update_item(card, Wallet.GOOGLE, priority=Priority.BANNER, interval_s=0.0, at=at, due_at=at)
    await house.store.reading.outbox.refresh(asked)

    await house.work()

    delivery = await house.store.database["deliveries"].find_one({"_id": asked.record_key})
    assert delivery is not None
    assert delivery["note"].endswith("nothing changed")
    assert not house.google.calls


async def test_five_purchases_in_a_second_are_two_updates_and_the_last_balance_arrives(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    await house.buy(anna)
    await house.work()
    for _ in range(4):
        house.pass_by(0.1)
        receipt = await house.buy(anna)
        await house.work()
    early = len(house.google.calls)
    house.pass_by(2)

    await house.work()

    assert (early, len(house.google.calls)) == (1, 2)
    assert house.google.calls[-1].body["loyaltyPoints"]["balance"] == {"int": receipt.balance}
    assert await house.waiting(Lane.GOOGLE) == 0
    assert card.version + 5 == (await house.shown(Wallet.GOOGLE, card)).version


async def test_a_change_during_the_sending_of_another_is_sent_after_it(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.save_to_google(anna)
    await house.buy(anna)
    await house.work(Lane.EVENTS)
    house.google.fail(latency_s=0.5, door="api")

    sending = asyncio.create_task(house.step(Lane.GOOGLE))
    await asyncio.sleep(0.2)
    late = await house.buy(anna)
    await house.work(Lane.EVENTS)
    await sending
    waiting = await house.waiting(Lane.GOOGLE)
    house.pass_by(2)
    await house.work(Lane.GOOGLE)

    assert waiting == 1
    assert house.google.calls[-1].body["loyaltyPoints"]["balance"] == {"int": late.balance}
    assert await house.waiting(Lane.GOOGLE) == 0


async def test_a_layer_for_everybody_is_one_patch_of_the_class(house: UpdatesHouse) -> None:
    for number in range(5):
        await house.save_to_google(await house.enrol(number))
    usual = house.google.loyalty_class(f"{ISSUER}.{PROGRAMME.id}")["hexBackgroundColor"]
    wish = LayerWish(scope=LayerScope.EVERYBODY, parts=RED, ends_at=house.clock() + timedelta(hours=2))
    await house.put_layer("happy-hour", wish)
    await house.turn_layers()

    await house.work()
    on = [(call.method, call.path.split("/")[1], call.body) for call in house.google.calls]
    house.google.calls.clear()
    house.pass_by(2 * 3_600)
    await house.turn_layers()
    await house.work()

    ((method, kind, body),) = on
    assert (method, kind) == ("PATCH", "loyaltyClass")
    assert body["hexBackgroundColor"] == "#7a0010"
    assert house.writes() == [("PATCH", "loyaltyClass", 200)]
    assert house.google.calls[0].body["hexBackgroundColor"] == usual


async def test_many_cards_travel_in_batches_within_the_quota(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(30)]
    for member in members:
        await house.save_to_google(member)
        house.pass_by(1)
    receipts = {member.card.id: await house.buy(member) for member in members}
    await house.work(Lane.EVENTS)
    started = house.clock()
    house.google.calls.clear()

    await house.step(Lane.GOOGLE)

    took_s = (house.clock() - started).total_seconds()
    assert {status for _, _, status in house.writes()} == {200}
    assert len(house.writes()) == 30
    assert 1.0 <= took_s < 3.0
    for member in members:
        shown = await house.shown(Wallet.GOOGLE, member.card)
        assert shown.body is not None
        assert shown.body["loyaltyPoints"]["balance"]["int"] == receipts[member.card.id].balance


async def test_balances_go_before_banners_and_banners_are_not_starved(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(20)]
    for member in members:
        await house.save_to_google(member)
        house.pass_by(1)
    for member in members[:10]:
        wish = LayerWish(scope=LayerScope.CARD, card_id=member.card.id, parts=RED)
        await house.put_layer(f"birthday:{member.card.id}", wish)
    await house.turn_layers()
    await house.work(Lane.EVENTS)
    for member in members[10:]:
        await house.buy(member)
    await house.work(Lane.EVENTS)
    house.google.calls.clear()

    await house.step(Lane.GOOGLE, batch=5)

    with_points = ["loyaltyPoints" in call.body for call in house.google.calls]
    assert with_points == [True] * 4 + [False]


async def test_three_balances_a_day_ring_and_the_fourth_comes_silently(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    for _ in range(5):
        house.pass_by(60)
        receipt = await house.buy(anna)
        await house.work()

    rang = ["notifyPreference" in call.body for call in house.google.calls]
    house.pass_by(86_400)
    await house.buy(anna)
    await house.work()

    assert rang == [True, True, True, False, False]
    assert "notifyPreference" in house.google.calls[-1].body
    assert all(call.status == 200 for call in house.google.calls)
    assert receipt.balance > 0
    assert card.google_saved


async def test_when_google_counts_more_than_we_do_the_update_comes_silently(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.save_to_google(anna)
    house.google.fail(status=403, reason="QuotaExceededException", door="api")
    receipt = await house.buy(anna)

    await house.work()
    house.pass_by(60)
    await house.buy(anna)
    await house.work()

    loud, quiet, later = house.google.calls
    assert "notifyPreference" in loud.body
    assert (loud.status, quiet.status) == (403, 200)
    assert "notifyPreference" not in quiet.body
    assert quiet.body["loyaltyPoints"]["balance"] == {"int": receipt.balance}
    assert "notifyPreference" not in later.body


async def test_after_an_answer_that_never_came_the_patch_covers_both_states(house: UpdatesHouse) -> None:
    """The first PATCH took the level's name away from the card, but we never learnt of it; then the level came back."""
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    first = await house.shown(Wallet.GOOGLE, card)
    assert first.body is not None
    lost = {**first.body, "state": "INACTIVE", "heroImage": {"sourceUri": {"uri": "https://cards.example/x.png"}}}
    await house.store.database["shown"].update_one({"_id": first.id}, {"$set": {"sent": [lost]}})
    await house.buy(anna)

    await house.work()

    (call,) = house.google.calls
    assert call.body["state"] == "ACTIVE"
    assert call.body["heroImage"] is None
    assert (await house.shown(Wallet.GOOGLE, card)).sent == []


async def test_429_pauses_the_issuer_and_nothing_is_lost(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(3)]
    for member in members:
        await house.save_to_google(member)
    for member in members:
        await house.buy(member)
    await house.work(Lane.EVENTS)
    house.google.calls.clear()
    house.google.fail(times=1, status=429, retry_after_s=30, door="api")

    await house.work(Lane.GOOGLE)
    during = sorted(status for _, _, status in house.writes())
    house.pass_by(28)
    await house.work(Lane.GOOGLE)
    paused = len(house.google.calls)
    house.pass_by(3)
    await house.work(Lane.GOOGLE)

    assert during == [200, 200, 429]
    assert paused == 3
    assert await house.waiting(Lane.GOOGLE) == 0
    for member in members:
        account = await house.store.reading.accounts.find(member.member.id, "points")
        shown = await house.shown(Wallet.GOOGLE, member.card)
        assert account is not None
        assert shown.body is not None
        assert shown.body["loyaltyPoints"]["balance"]["int"] == account.balance


async def test_a_segments_cards_are_walked_in_pages_at_the_lowest_priority(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(4)]
    for member in members:
        await house.save_to_google(member)
        house.pass_by(1)
    for member in members[:3]:
        await house.store.reading.members.put_in_segments(member.member.id, ["regulars"])
    await house.put_layer("regulars", LayerWish(scope=LayerScope.SEGMENT, segment="regulars", parts=RED))
    await house.turn_layers()
    house.google.calls.clear()

    await house.work(Lane.EVENTS)
    priorities = [row["priority"] async for row in house.store.database["outbox"].find({"lane": "google"})]
    house.pass_by(30)
    await house.work()

    assert priorities == [2, 2, 2]
    assert len(house.google.calls) == 3
    assert all("heroImage" in call.body for call in house.google.calls)
    assert await house.waiting(Lane.EVENTS) == 0


async def test_a_card_google_does_not_have_any_more_is_put_there_whole(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    house.google.shelf._kept["loyaltyObject"].clear()
    receipt = await house.buy(anna)

    await house.work()

    assert [status for _, _, status in house.writes()] == [404, 200]
    held = house.google.object(f"{house.google.calls[-1].body['id']}")
    assert held["loyaltyPoints"]["balance"] == {"int": receipt.balance}
    assert card.google_saved
