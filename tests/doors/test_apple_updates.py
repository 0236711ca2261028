"""Updates on their way to Apple's phones: a push per device, only for what looks otherwise, each answer heard."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from certs.dev import DevIdentities
from offers.flows.put_layer import LayerWish
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.message import Lane
from offers.model.shown import Wallet
from offers.store.store import Store
from tests.clock import SettableClock
from tests.updates_house import UpdatesHouse, open_updates_house

RED = LayerParts(colours=LayerColours(background="#7a0010", foreground="#ffffff", label="#ffffff"))
FIRST, SECOND = "a1" * 32, "b2" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[UpdatesHouse]:
    async with open_updates_house(store, clock, dev_identities) as opened:
        yield opened


def pushed(house: UpdatesHouse) -> list[str]:
    return [push.token for push in house.apns.received]


async def delivery(house: UpdatesHouse) -> dict[str, Any]:
    (found,) = [row async for row in house.store.database["deliveries"].find({"lane": "apple"})]
    return found


async def test_a_device_with_several_changed_cards_is_pushed_once(house: UpdatesHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.carry(anna, FIRST, device="shared")
    await house.carry(boris, FIRST, device="shared")
    await house.carry(anna, SECOND, device="watch")
    await house.buy(anna)
    await house.buy(boris)

    await house.work()

    assert sorted(pushed(house)) == [FIRST, SECOND]


async def test_a_card_that_looks_as_it_did_is_not_pushed_again(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    await house.buy(anna)
    await house.work()
    house.pass_by(60)
    await house.put_layer(
        "same", LayerWish(scope=LayerScope.CARD, card_id=anna.card.id, parts=LayerParts(discount_bp=0))
    )
    await house.work(Lane.EVENTS)
    ended = await house.store.database["layers"].delete_many({})

    await house.work()

    assert ended.deleted_count == 1
    assert pushed(house) == [FIRST]
    notes = [row["note"] async for row in house.store.database["deliveries"].find({"lane": "apple"})]
    assert notes == ["1 of 1 devices", "nothing changed"]


async def test_purchases_in_a_row_are_pushed_at_the_cards_pace(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    for _ in range(5):
        await house.buy(anna)
        await house.work()
        house.pass_by(0.1)
    early = len(pushed(house))
    house.pass_by(2)

    await house.work()

    assert (early, len(pushed(house))) == (1, 2)
    assert await house.waiting(Lane.APPLE) == 0


async def test_410_forgets_the_registration_but_not_one_made_since(house: UpdatesHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.carry(anna, FIRST)
    house.pass_by(60)
    since = house.clock()
    house.pass_by(60)
    await house.carry(boris, SECOND)
    for token in (FIRST, SECOND):
        house.apns.answer(token, reason="Unregistered", timestamp_ms=int(since.timestamp() * 1000))
    await house.buy(anna)
    await house.buy(boris)

    await house.work()

    left = [row["push_token"] async for row in house.store.database["devices"].find({})]
    assert left == [SECOND]
    assert await house.waiting(Lane.APPLE) == 0


@pytest.mark.parametrize("reason", ["BadDeviceToken", "DeviceTokenNotForTopic"])
async def test_a_token_that_never_was_good_is_forgotten(house: UpdatesHouse, reason: str) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    house.apns.answer(FIRST, reason=reason)
    await house.buy(anna)

    await house.work()

    assert await house.store.database["devices"].count_documents({}) == 0
    assert (await delivery(house))["note"] == "0 of 1 devices"


@pytest.mark.parametrize("reason", ["TooManyRequests", "InternalServerError", "ServiceUnavailable", "Shutdown"])
async def test_what_apns_puts_off_is_pushed_later_and_only_that(house: UpdatesHouse, reason: str) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    await house.carry(anna, SECOND)
    house.apns.answer(SECOND, reason=reason)
    await house.buy(anna)
    await house.work()
    first, owed = pushed(house), await house.waiting(Lane.APPLE)
    house.pass_by(3_600)

    house.apns.forgive(SECOND)
    await house.work()

    assert (first, owed) == ([FIRST], 1)
    assert pushed(house) == [FIRST, SECOND]
    assert await house.waiting(Lane.APPLE) == 0


async def test_403_stops_the_lane_and_says_so(house: UpdatesHouse, capsys: pytest.CaptureFixture[str]) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    house.apns.answer(FIRST, reason="BadCertificate")
    await house.buy(anna)
    await house.work()
    house.apns.forgive(FIRST)
    house.pass_by(60)
    await house.work()
    stopped = pushed(house)
    house.pass_by(600)

    await house.work()

    assert stopped == []
    assert pushed(house) == [FIRST]
    assert "APNs refuses the certificate" in capsys.readouterr().out


async def test_a_goodbye_of_apple_loses_no_push(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(6)]
    for number, member in enumerate(members):
        await house.carry(member, f"{number:02x}" * 32)
    for member in members[:3]:
        await house.buy(member)
    await house.work()
    house.apns.goaway()
    for member in members[3:]:
        await house.buy(member)
    await house.work()
    house.pass_by(3_600)
    await house.work()

    assert sorted(pushed(house)) == [f"{number:02x}" * 32 for number in range(6)]
    assert await house.waiting(Lane.APPLE) == 0


async def test_what_all_cards_share_is_pushed_page_by_page_once_per_device(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(45)]
    for number, member in enumerate(members):
        await house.carry(member, f"{number // 2:02x}" * 32, device=f"phone-{number // 2}")
    house.apns.answer("03" * 32, reason="Unregistered")
    wish = LayerWish(scope=LayerScope.EVERYBODY, parts=RED, ends_at=house.clock() + timedelta(hours=1))
    versions = [row["version"] async for row in house.store.database["cards"].find({}).sort("_id")]
    await house.put_layer("happy-hour", wish)

    await house.work()
    at_once = len(pushed(house))
    for _ in range(4):
        house.pass_by(2)
        await house.work()

    assert 0 < at_once <= 20  # two seconds of ten a second
    assert sorted(pushed(house)) == [f"{number:02x}" * 32 for number in range(23) if number != 3]
    assert [row["version"] async for row in house.store.database["cards"].find({}).sort("_id")] == versions
    assert (await delivery(house))["note"] == "22 devices"


async def test_a_balance_does_not_wait_for_a_walk_over_all_phones(house: UpdatesHouse) -> None:
    members = [await house.enrol(number) for number in range(60)]
    for number, member in enumerate(members):
        await house.carry(member, f"{number:02x}" * 32)
    await house.put_layer("happy-hour", LayerWish(scope=LayerScope.EVERYBODY, parts=RED))
    await house.work()
    walked = len(pushed(house))
    await house.buy(members[59])

    await house.work()

    assert walked < 60
    assert pushed(house)[walked] == f"{59:02x}" * 32


async def test_a_silent_card_is_pushed_once_more_and_a_last_time(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.carry(anna, FIRST)
    await house.buy(anna)
    await house.work()
    pushes = []
    for wait_s in (300, 300, 3_600, 86_400, 86_400):
        house.pass_by(wait_s)
        await house.heal()
        await house.work()
        pushes.append(len(pushed(house)))

    assert pushes == [1, 2, 3, 3, 3]
    assert (await house.shown(Wallet.APPLE, anna.card)).owed_since is not None
