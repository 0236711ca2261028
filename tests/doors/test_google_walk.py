"""Cards of every kind on their way through the running service to Google, to a phone, and back as reports."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession

from certs.dev import DevIdentities
from offers.flows.keep_class import KeepClass
from offers.flows.redeem_coupon import RedeemCoupon
from offers.model.design import CardKind
from offers.model.take import Taker
from offers.store.store import Store
from sandbox.google.rules import KINDS, check_schema, check_whole
from service.now import now
from tests.coffee_house import PROGRAMME
from tests.doors.google_walk import GoogleWalk, comes_true, grant_coupon, open_walk
from tests.phone_house import open_phone_house


@pytest_asyncio.fixture(loop_scope="session")
async def walk(store: Store, dev_identities: DevIdentities) -> AsyncIterator[GoogleWalk]:
    async with open_phone_house(store, dev_identities) as house:
        yield await open_walk(house)


async def test_one_link_saves_every_kind_of_card(walk: GoogleWalk) -> None:
    assert await walk.save() == 200

    assert {kind: walk.held(kind)["hasUsers"] for kind in CardKind} == dict.fromkeys(CardKind, True)
    assert walk.held(CardKind.GIFT)["balance"] == {"micros": "1500500000", "currencyCode": "RUB"}
    assert walk.held(CardKind.CASHBACK)["loyaltyPoints"]["balance"]["money"]["currencyCode"] == "RUB"


async def test_what_the_service_really_sent_google_accepts(walk: GoogleWalk) -> None:
    await walk.save()

    inserted = [call for call in walk.house.google.calls if call.method == "POST" and call.status == 200]

    assert {call.path.strip("/") for call in inserted} == set(KINDS)
    for call in inserted:
        kind = KINDS[call.path.strip("/")]
        check_whole(kind, check_schema(kind.schema, call.body))


async def test_google_reports_the_save_and_the_removal_and_the_card_knows(walk: GoogleWalk) -> None:
    await walk.save()
    told = walk.house.google.callbacks.told
    assert await comes_true(lambda: len(told) == len(CardKind))
    card = await walk.card()
    assert card.google is not None
    assert (card.google.saves, card.google.source) == (1, "mail")

    walk.house.google.shelf.mark_saved("loyaltyObject", str(walk.held()["id"]), saved=False)

    assert await comes_true(lambda: len(told) == len(CardKind) + 1)
    assert {(each.status, each.problem) for each in told} == {(204, "")}
    card = await walk.card()
    assert card.google is not None
    assert card.google.deletions == 1
    assert not card.google_saved


async def test_a_members_coupons_hang_on_their_card_and_go_when_they_are_used(walk: GoogleWalk) -> None:
    await walk.save()
    used, other = walk.coupons
    assert walk.held()["linkedOfferIds"] == [walk.offer(used)["id"], walk.offer(other)["id"]]
    assert walk.offer(used)["classReference"]["title"] == "Кофе в подарок"
    assert walk.offer(used)["barcode"]["value"] == used.id.upper()

    taker = Taker(programme_id=PROGRAMME.id, member_id=walk.anna.member.id)
    await RedeemCoupon(walk.house.store, now)(used.id, taker, cause="checkout:1")

    assert await comes_true(lambda: walk.held()["linkedOfferIds"] == [walk.offer(other)["id"]])
    assert walk.offer(used)["state"] == "COMPLETED"
    assert "barcode" not in walk.offer(used)


async def test_a_purchase_changes_the_balance_at_google(walk: GoogleWalk) -> None:
    await walk.save()

    receipt = await walk.house.buy(walk.anna, 100_000)

    assert await comes_true(lambda: walk.held()["loyaltyPoints"]["balance"] == {"int": receipt.balance})


async def test_google_gets_the_pictures_it_was_told_of(walk: GoogleWalk) -> None:
    await walk.save("")
    parent = walk.held()["classReference"]
    addresses = [parent[name]["sourceUri"]["uri"] for name in ("heroImage", "programLogo")]

    async with ClientSession() as session:
        for address in addresses:
            async with session.get(address, headers={"User-Agent": "Googlebot"}) as answer:
                assert (answer.status, answer.content_type) == (200, "image/png")
            async with session.get(address.replace(".png", "0.png")) as answer:
                assert answer.status == 404
            forged = f"{address[:-5]}{'0' if address[-5] != '0' else '1'}.png"
            async with session.get(forged) as answer:
                assert answer.status == 404, "only what we put on a card is drawn"


async def test_a_link_of_one_card_saves_one_card(walk: GoogleWalk) -> None:
    await walk.save("from=Not a word!")

    card = await walk.card()
    assert card.google is not None
    assert card.google.source == "direct"
    assert len(walk.house.google.shelf._kept["loyaltyObject"]) == 1


async def test_a_member_waits_while_another_process_tells_google_of_the_class(walk: GoogleWalk) -> None:
    await walk.save("")
    other, class_id = KeepClass(walk.house.store, now), str(walk.held()["classId"])
    await other.forget(class_id)
    while not await other.claim(class_id):
        await asyncio.sleep(0.05)

    saving = asyncio.create_task(walk.save(""))
    await asyncio.sleep(0.5)
    assert not saving.done()
    await other.not_told(class_id)

    assert await saving == 200


async def test_a_coupon_that_comes_later_is_said_on_the_card(walk: GoogleWalk) -> None:
    await walk.save()
    assert "messages" not in walk.held(), "the coupons that were there when it was saved are no news"

    later = await grant_coupon(walk.house, walk.anna, ("Торт", "Cake"))

    assert await comes_true(lambda: len(walk.held()["linkedOfferIds"]) == 3)
    (message,) = walk.held()["messages"]
    assert message["messageType"] == "TEXT_AND_NOTIFY"
    assert message["id"] == f"coupon-{later.id}"
    assert message["body"].startswith("«Торт» — на вашей карте, действует до ")
