"""Stamps on the real MongoDB: kept with the purchase, taken back with the goods, never used twice."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.flows.look_at_card import LookAtCard
from offers.model.benefit import Gift
from offers.model.checkout_errors import NotEnoughStamps
from offers.model.condition import StampsCollected
from offers.model.errors import OfferError
from offers.model.goods import Goods
from offers.model.member import StampCount
from offers.model.purchase import Receipt
from offers.model.quote import Quote
from offers.model.returns import GoodsBack
from offers.store.store import Store
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.offer_house import OfferHouse, open_offer_house
from tests.store.test_merge_members import merge, part

CODE_KEY = b"k" * 32
CUP = line(10_000, sku="latte")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> OfferHouse:
    """A programme in which the sixth cup is free."""
    opened = await open_offer_house(store, clock)
    condition = StampsCollected(needed=5, goods=Goods(categories=("coffee",)))
    await opened.write(opened.offer("cup", Gift(sku="latte"), condition=condition))
    return opened


async def counts(house: OfferHouse, who: Enrolment) -> tuple[StampCount, ...]:
    member = await house.store.reading.members.get(who.member.id)
    assert member is not None
    return member.stamps


async def stamps(house: OfferHouse, who: Enrolment) -> int:
    return sum(count.stamps for count in await counts(house, who))


async def drink(house: OfferHouse, who: Enrolment, number: int, order: str) -> Receipt:
    return await house.sell(who, line(10_000, quantity=str(number)), order=order)


async def test_the_sixth_cup_is_free_and_takes_the_stamps_of_the_five_before(house: OfferHouse) -> None:
    anna = await house.enrol(1)

    five = await drink(house, anna, 5, "A-1")
    again = await drink(house, anna, 5, "A-1")
    sixth = await drink(house, anna, 1, "A-2")

    assert again == five
    assert [(change.given, change.taken, change.collected, change.needed) for change in five.stamps] == [(5, 0, 5, 5)]
    assert (sixth.payable_minor, sixth.stamps[0].taken, sixth.stamps[0].collected) == (0, 5, 0)
    assert await counts(house, anna) == ()


async def test_a_void_gives_back_what_was_used_and_takes_what_was_given(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 5, "A-1")
    sixth = await drink(house, anna, 2, "A-2")
    assert await stamps(house, anna) == 1

    await house.void(sixth)
    await house.void(sixth)

    assert await stamps(house, anna) == 5


async def test_goods_that_come_back_in_parts_take_their_stamps_once(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    three = await drink(house, anna, 3, "A-1")
    one = GoodsBack(line=0, quantity=line(1).quantity)

    left = [3]
    for ref in ("R-1", "R-1", "R-2"):
        await house.bring_back(three, one, ref=ref)
        left.append(await stamps(house, anna))
    await house.bring_back(three, ref="R-3")

    assert left == [3, 2, 2, 1]
    assert await stamps(house, anna) == 0


async def test_stamps_brought_back_after_they_were_used_are_owed(house: OfferHouse) -> None:
    """Collect, use, return what was collected: the free cup has to be earned after all."""
    anna = await house.enrol(1)
    five = await drink(house, anna, 5, "A-1")
    await drink(house, anna, 1, "A-2")

    await house.bring_back(five)
    assert [(count.stamps, count.owed) for count in await counts(house, anna)] == [(0, 5)]
    await drink(house, anna, 6, "A-3")

    assert [(count.stamps, count.owed) for count in await counts(house, anna)] == [(1, 0)]


async def test_two_quotes_of_one_full_card_give_one_free_cup(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 5, "A-1")
    first, second = await house.quote(anna, CUP), await house.quote(anna, CUP)
    assert (first.decision.payable_minor, second.decision.payable_minor) == (0, 0)

    await house.honour(first, order_ref="A-2")
    fresh = await house.refuse(house.settlement(second, order="A-3"))

    assert fresh.decision.payable_minor == 10_000
    assert await stamps(house, anna) == 0


async def test_tills_that_rush_for_one_full_card_give_one_free_cup(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 5, "A-1")

    async def buy(number: int) -> int | None:
        try:
            return (await drink(house, anna, 1, f"B-{number}")).payable_minor
        except OfferError:
            return None

    paid = [each for each in await asyncio.gather(*(buy(number) for number in range(6))) if each is not None]

    assert paid.count(0) == 1
    assert await stamps(house, anna) == len(paid) - 1


async def test_the_card_shows_how_far_the_member_has_come(house: OfferHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await drink(house, anna, 2, "A-1")
    look = LookAtCard(house.store, CODE_KEY, house.clock)

    (shown,) = await look.stamps(await look.by_member(anna.member.id))
    (empty,) = await look.stamps(await look.by_member(boris.member.id))

    assert (shown.title.en, shown.collected, shown.needed, empty.collected) == ("Offer cup", 2, 5, 0)


async def test_held_stamps_are_there_for_no_other_purchase_until_the_hold_is_over(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 5, "A-1")
    first = await house.quote(anna, line(10_000, sku="latte"))
    second = await house.quote(anna, line(10_000, sku="latte"))
    held = await house.hold(first)

    with pytest.raises(NotEnoughStamps):
        await house.hold(second)
    meanwhile = await drink(house, anna, 1, "A-2")
    again = await house.hold(first)
    honoured = await house.honour(held)

    assert again.decision == held.decision
    assert (meanwhile.payable_minor, meanwhile.stamps[0].taken) == (10_000, 0), "the five are kept for the first quote"
    assert (honoured.payable_minor, honoured.stamps[0].taken) == (0, 5)
    assert await stamps(house, anna) == 1


async def test_a_hold_that_is_over_keeps_no_stamps(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 5, "A-1")
    await house.hold(await house.quote(anna, line(10_000, sku="latte")))
    house.clock.move(timedelta(minutes=15))

    free_cup = await drink(house, anna, 1, "A-2")

    assert (free_cup.payable_minor, free_cup.stamps[0].taken) == (0, 5)


async def test_a_merge_adds_the_stamps_up_and_parting_gives_each_their_own(house: OfferHouse) -> None:
    anna, double = await house.enrol(1), await house.enrol(2)
    await drink(house, anna, 2, "A-1")
    await drink(house, double, 3, "A-2")

    done = await merge(house, anna, double)
    together = await stamps(house, anna)
    free = await drink(house, anna, 1, "A-3")
    await drink(house, double, 1, "A-4")
    await part(house, done.id)

    assert (together, free.payable_minor) == (5, 0)
    assert [(count.stamps, count.owed) for count in await counts(house, anna)] == [(0, 3)], (
        "used three that were not hers"
    )
    assert await stamps(house, double) == 4


async def test_a_quote_keeps_its_stamps_when_only_others_were_used(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await drink(house, anna, 10, "A-1")
    quote = await house.quote(anna, CUP)
    await drink(house, anna, 1, "A-2")

    settled = await house.settle_quote(house.settlement(quote, order="A-3"))

    assert not isinstance(settled, Quote)
    assert await stamps(house, anna) == 0
