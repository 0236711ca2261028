"""Cards for many members: each once, on from where a walk stopped, and two walks at once."""

import asyncio
import secrets
from collections import Counter

import pytest

from offers.engine.starter_designs import starter_design
from offers.flows import issue_cards as issuing
from offers.flows.issue_cards import IssueCards
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.put_in_segments import PutInSegments
from offers.model.card import Card
from offers.model.design_errors import UnknownDesign
from offers.model.ids import MemberId
from offers.model.issuance import AtGoogle, Issuance, IssueWish, Skipped
from offers.model.message import Lane, Priority
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse, open_checkout_house
from tests.clock import SettableClock

GIFT = IssueWish(design="gift")


@pytest.fixture
async def house(store: Store, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> CheckoutHouse:
    monkeypatch.setattr(issuing, "PAGE", 2)
    house = await open_checkout_house(store, clock)
    await store.reading.designs.keep(starter_design(house.programme.id, slug="gift"))
    for number in range(7):
        await house.enrol(number)
    return house


def flow(house: CheckoutHouse) -> IssueCards:
    return IssueCards(house.store, house.clock, secrets.token_bytes)


async def issue(house: CheckoutHouse, wish: IssueWish = GIFT) -> Issuance:
    begun = await flow(house).begin(house.programme, wish)
    return [stage async for stage in flow(house).walk(begun)][-1]


async def gifts(house: CheckoutHouse) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await house.store.database["cards"].find({"design": "gift"}).to_list()
    return found


async def test_every_member_gets_one_and_the_second_time_nobody_does(house: CheckoutHouse) -> None:
    first = await issue(house)
    again = await issue(house)

    assert (first.issued, first.skipped) == (7, {})
    assert (again.issued, again.skipped) == (0, {Skipped.HAS_ONE: 7})
    cards = await gifts(house)
    assert len({card["member_id"] for card in cards}) == len(cards) == 7
    assert len({card["serial"] for card in cards}) == 7


async def test_members_who_come_later_get_theirs_the_next_time(house: CheckoutHouse) -> None:
    await issue(house)
    await house.enrol(99)

    again = await issue(house)

    assert (again.issued, again.skipped) == (1, {Skipped.HAS_ONE: 7})


async def test_a_walk_that_was_broken_off_goes_on_where_it_was(house: CheckoutHouse) -> None:
    begun = await flow(house).begin(house.programme, GIFT)
    async for _ in flow(house).walk(begun):
        break
    resumed = await flow(house).begin(house.programme, GIFT)

    ended = await issue(house)

    assert (resumed.issued, resumed.looked_at, resumed.ended_at) == (2, 2, None)
    assert (ended.issued, ended.skipped) == (7, {})
    assert len(await gifts(house)) == 7


async def test_two_walks_at_once_issue_nothing_twice(house: CheckoutHouse) -> None:
    await asyncio.gather(*(issue(house) for _ in range(4)))

    assert set(Counter(card["member_id"] for card in await gifts(house)).values()) == {1}
    assert len(await gifts(house)) == 7


async def test_a_rehearsal_tells_the_same_and_keeps_nothing(house: CheckoutHouse) -> None:
    begun = await flow(house).begin(house.programme, GIFT)
    told = [stage async for stage in flow(house).rehearse(begun)][-1]

    assert await gifts(house) == []
    assert await house.store.reading.issuances.find(house.programme.id, GIFT) is None
    assert (told.issued, told.skipped) == ((await issue(house)).issued, {})


async def test_only_those_of_a_segment_or_a_source_get_one(house: CheckoutHouse) -> None:
    some = [member["_id"] for member in await house.store.database["members"].find().limit(3).to_list()]
    for member_id in some:
        await PutInSegments(house.store, house.clock)(house.programme, MemberId(member_id), ["vip"])

    of_segment = await issue(house, IssueWish(design="gift", segment="vip"))
    of_no_source = await issue(house, IssueWish(design="gift", source="import"))
    of_source = await issue(house, IssueWish(design="gift", source="te"))

    assert of_segment.issued == 3
    assert of_no_source.issued == 0
    assert (of_source.issued, of_source.skipped) == (4, {Skipped.HAS_ONE: 3})


async def test_who_was_merged_gets_none(house: CheckoutHouse) -> None:
    one, other = [member["_id"] for member in await house.store.database["members"].find().limit(2).to_list()]
    doubles = Doubles(survivor_id=one, merged_id=other, staff_id="k1", reason="one person")
    await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)

    assert (await issue(house)).skipped == {Skipped.MERGED: 1}


@pytest.mark.parametrize(("at_google", "asked"), [(AtGoogle.HOLDERS, 1), (AtGoogle.EVERYBODY, 7), (AtGoogle.NOBODY, 0)])
async def test_google_is_asked_behind_everything_else(house: CheckoutHouse, at_google: AtGoogle, asked: int) -> None:
    held = await house.store.database["cards"].find_one({})
    assert held is not None
    await house.store.reading.cards.save_to_google(held["_id"], source="test")

    ended = await issue(house, IssueWish(design="gift", at_google=at_google))

    waiting = await house.store.database["outbox"].find({"lane": Lane.GOOGLE.value}).to_list()
    assert ended.google == len(waiting) == asked
    assert {item["priority"] for item in waiting} <= {Priority.BULK.value}


async def test_a_design_nobody_made_is_refused(house: CheckoutHouse) -> None:
    with pytest.raises(UnknownDesign):
        await issue(house, IssueWish(design="nothing"))


async def test_the_members_own_card_stays_their_own(house: CheckoutHouse) -> None:
    anna = await house.enrol(50)
    await issue(house)

    own = await house.store.reading.cards.of_member(anna.member.id)
    main = await issue(house, IssueWish(design="main"))

    assert isinstance(own, Card)
    assert own.id == anna.card.id
    assert main.issued == 0
