"""Messages on a Google card: they ring while its day allows it, stand silently after that, and never pile up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest_asyncio

from certs.dev import DevIdentities
from offers.flows.let_ring import LetRing
from offers.flows.put_layer import LayerWish
from offers.model.ids import CardId
from offers.model.layer import LayerParts, LayerScope
from offers.model.programme import Language, LocalText
from offers.store.store import Store
from tests.card_faces import COFFEE
from tests.clock import SettableClock
from tests.doors.google_bench import OBJECT_ID, GoogleBench, card_of
from tests.updates_house import ISSUER, UpdatesHouse, open_updates_house
from wallet.google.kinds import Kind, Resource
from wallet.google.messages import KEPT, CardMessages, Said, coupon_said

NOTE = LocalText(ru="С днём рождения!", en="Happy birthday!")
SALE = LocalText(ru="Всё за полцены", en="Half price")
CARD_ID = CardId("06cqk3n8w2x5z7b9d1f4")
CARD = Resource(kind=Kind.OBJECT, body=card_of())


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[UpdatesHouse]:
    async with open_updates_house(store, clock, dev_identities) as opened:
        yield opened


def messages_of(bench: GoogleBench, store: Store) -> CardMessages:
    return CardMessages(client=bench.client, ring=LetRing(store, bench.clock), clock=bench.clock)


def said(number: int) -> Said:
    return Said(key=f"m{number}", header=NOTE, text=NOTE, first=Language.RU)


def kept(bench: GoogleBench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.google.object(OBJECT_ID).get("messages", [])
    return found


async def test_two_messages_ring_and_the_third_leaves_room_for_a_balance(with_card: GoogleBench, store: Store) -> None:
    messages = messages_of(with_card, store)

    for number in range(3):
        await messages.say(CARD_ID, CARD, said(number))

    assert [each["messageType"] for each in kept(with_card)] == ["TEXT_AND_NOTIFY", "TEXT_AND_NOTIFY", "TEXT"]
    with_card.clock.move(timedelta(hours=25))
    await messages.say(CARD_ID, CARD, said(3))
    assert kept(with_card)[-1]["messageType"] == "TEXT_AND_NOTIFY"


async def test_the_eleventh_message_makes_room_and_the_newest_stay(with_card: GoogleBench, store: Store) -> None:
    messages = messages_of(with_card, store)

    for number in range(12):
        await messages.say(CARD_ID, CARD, said(number))

    ids = [each["id"] for each in kept(with_card)]
    assert ids == [f"m{number}" for number in range(5, 12)]
    assert len(ids) == KEPT + 2


async def test_a_quota_google_counts_higher_ends_the_ringing(with_card: GoogleBench, store: Store) -> None:
    for _ in range(3):
        await with_card.client.add_message(
            Kind.OBJECT, OBJECT_ID, {"header": "h", "body": "b", "messageType": "TEXT_AND_NOTIFY"}
        )
    messages = messages_of(with_card, store)

    await messages.say(CARD_ID, CARD, said(1))
    with_card.google.calls.clear()
    await messages.say(CARD_ID, CARD, said(2))

    assert [each["messageType"] for each in kept(with_card)[-2:]] == ["TEXT", "TEXT"]
    assert len(with_card.google.calls) == 1, "after the first no, nothing is tried aloud"


async def test_a_message_goes_away_when_what_it_speaks_of_is_over(with_card: GoogleBench, store: Store) -> None:
    messages = messages_of(with_card, store)
    until = with_card.clock() + timedelta(days=3)

    await messages.say(CARD_ID, CARD, replace(said(1), until=until))
    await messages.say(CARD_ID, CARD, replace(said(2), until=with_card.clock() - timedelta(days=1)))

    ends = [each["displayInterval"]["end"]["date"] for each in kept(with_card)]
    assert ends == ["2026-03-14T14:30:00Z", "2026-04-10T14:30:00Z"]


def test_a_coupon_is_told_with_its_last_day_in_both_languages() -> None:
    told = coupon_said(COFFEE, COFFEE.valid_until, zone="Europe/Moscow", first=Language.RU)
    endless = coupon_said(COFFEE, None, zone="Europe/Moscow", first=Language.RU)

    assert told.text.ru == "«Десять чашек» — на вашей карте, действует до 31 мар. 2026"
    assert told.text.en == "“Ten cups” is on your card, valid until 31 Mar 2026"
    assert endless.text.en == "“Ten cups” is on your card"


async def test_a_layer_for_one_card_is_said_aloud_and_one_for_everybody_is_not(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    at = house.clock()
    ends_at = at + timedelta(hours=2)
    own = LayerWish(scope=LayerScope.CARD, card_id=card.id, priority=90, ends_at=ends_at, parts=LayerParts(text=NOTE))
    common = LayerWish(scope=LayerScope.EVERYBODY, ends_at=ends_at, parts=LayerParts(text=SALE))
    await house.put_layer("birthday", own)
    await house.put_layer("sale", common)
    await house.turn_layers()

    await house.work()

    held = house.google.object(f"{ISSUER}.{card.serial}")
    assert [each["body"] for each in held.get("messages", [])] == [NOTE.ru]
    assert "messages" not in held["classReference"]
    assert held["classReference"]["textModulesData"][0]["body"] == SALE.ru
