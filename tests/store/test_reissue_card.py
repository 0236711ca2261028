"""A replaced card: what stays the member's, what the wallets hear, and two who re-issue it at once."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from offers.engine.new_card import page_of
from offers.flows.block_card import BlockCard, Blocking
from offers.flows.look_at_card import LookAtCard, face_of
from offers.flows.put_layer import LayerWish, PutLayer
from offers.flows.react_to_event import ReactToEvent
from offers.flows.reissue_card import ReissueCard
from offers.model.card import AppleRegistration, BlockReason, Card, CardState
from offers.model.card_errors import CardReplaced
from offers.model.errors import CardNotActive
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.message import Lane, OutboxItem
from offers.store.codec import from_document
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock

LOST = Blocking(reason=BlockReason.LOST, by="k1")
BLUE, RED = (LayerParts(colours=LayerColours(background=each)) for each in ("#102040", "#7a1020"))


@pytest.fixture
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


def reissuing(house: CheckoutHouse) -> ReissueCard:
    return ReissueCard(house.store, house.clock, secrets.token_bytes)


async def waiting(house: CheckoutHouse, lane: Lane) -> list[OutboxItem]:
    documents = await house.store.database["outbox"].find({"lane": lane.value}).to_list()
    return [from_document(OutboxItem, {**each, "key": each["_id"]}) for each in documents]


async def react_to_everything(house: CheckoutHouse) -> None:
    for item in await waiting(house, Lane.EVENTS):
        await ReactToEvent(house.store, house.clock)(item)


async def on_a_phone(house: CheckoutHouse, card: Card) -> None:
    registration = AppleRegistration(
        device_id="d1",
        pass_type="pass.test",
        serial=card.serial,
        card_id=card.id,
        push_token="t1",
        registered_at=house.clock(),
        programme_id=card.programme_id,
    )
    await house.store.transact(lambda work: work.devices.register(registration))
    await house.store.reading.cards.save_to_google(card.id, source="test")


async def test_points_stay_and_the_new_card_spends_them(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await house.sell(anna, line(100_000), order="S-1")

    made = await reissuing(house)(house.programme, anna.card.id, LOST)

    with pytest.raises(CardReplaced):
        await house.sell(anna, line(10_000), order="S-2", points=10)
    purchase = replace(house.purchase(anna, line(10_000), order="S-2", points=10), card_id=made.new.id)
    sold = await house.settle(purchase)

    assert sold.points_redeemed == 10
    assert sold.member_id == anna.member.id


async def test_layers_of_the_card_go_on_with_the_new_one_now_and_later(house: CheckoutHouse) -> None:
    anna, clock = await house.enrol(1), house.clock
    put = PutLayer(house.store, clock, secrets.token_bytes)
    starts_at, ends_at = clock() + timedelta(hours=1), clock() + timedelta(hours=3)
    later = LayerWish(
        scope=LayerScope.CARD, card_id=anna.card.id, parts=RED, starts_at=starts_at, ends_at=ends_at, priority=60
    )
    await put(house.programme, "gift", LayerWish(scope=LayerScope.CARD, card_id=anna.card.id, parts=BLUE))
    await put(house.programme, "later", later)

    made = await reissuing(house)(house.programme, anna.card.id, LOST)

    grounds = []
    for hours in (0, 1, 3):
        clock.set_to(starts_at + timedelta(hours=hours - 1))
        sight = await LookAtCard(house.store, b"k" * 32, clock).by_id(made.new.id)
        grounds.append(face_of(sight, code_key=b"k" * 32, at=clock()).look.colours.background)
    assert grounds == ["#102040", "#7a1020", "#102040"]
    assert (await put(house.programme, "later", later)).card_id == made.new.id
    counted = await house.store.database["layer_counts"].find({"_id": {"$regex": "^card:"}}).to_list()
    assert counted == [{"_id": f"card:{made.new.id}", "live": 2}]


async def test_a_quote_made_before_is_not_settled_by_the_old_card(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    quote = await house.quote(anna, line(10_000))
    await reissuing(house)(house.programme, anna.card.id, LOST)

    with pytest.raises(CardReplaced):
        await house.settle_quote(house.settlement(quote))


async def test_every_wallet_that_holds_the_old_card_is_told_and_hears_no_more_of_balances(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)
    await on_a_phone(house, anna.card)
    await react_to_everything(house)
    await reissuing(house)(house.programme, anna.card.id, LOST)

    await react_to_everything(house)

    told = [item for lane in (Lane.APPLE, Lane.GOOGLE) for item in await waiting(house, lane)]
    assert [item.payload["card_id"] for item in told] == [anna.card.id, anna.card.id]
    voided = await house.store.reading.cards.get(anna.card.id)
    assert voided is not None
    assert (voided.state, voided.version) == (CardState.VOIDED, 2)


async def test_two_who_reissue_at_once_make_one_card(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)

    made = await asyncio.gather(
        *(reissuing(house)(house.programme, anna.card.id, LOST) for _ in range(8)), return_exceptions=True
    )

    cards = await house.store.reading.cards.all_of_member(anna.member.id)
    assert len(cards) == 2
    (new,) = [card.id for card in cards if card.replaces]
    assert {each.new.id for each in made if not isinstance(each, BaseException)} == {new}


async def test_a_blocked_card_sells_nothing_and_can_be_replaced(house: CheckoutHouse) -> None:
    anna = await house.enrol(1)

    blocked = await BlockCard(house.store, house.clock)(house.programme.id, anna.card.id, LOST)
    with pytest.raises(CardNotActive):
        await house.sell(anna, line(10_000))
    made = await reissuing(house)(house.programme, anna.card.id, LOST)

    assert blocked.state is CardState.BLOCKED
    assert made.new.state is CardState.ACTIVE
    assert await house.store.reading.cards.of_member(anna.member.id) == made.new


@pytest.mark.parametrize(
    ("reason", "leads_on"), [(BlockReason.DAMAGED, True), (BlockReason.LOST, False), (BlockReason.STOLEN, False)]
)
async def test_only_a_card_that_nobody_else_holds_leads_to_the_new_one(
    house: CheckoutHouse, reason: BlockReason, *, leads_on: bool
) -> None:
    anna = await house.enrol(1)

    made = await reissuing(house)(house.programme, anna.card.id, Blocking(reason=reason, by="k1"))

    assert page_of(made.old) == (made.new.id if leads_on else made.old.id)
    assert page_of(made.new) == made.new.id
