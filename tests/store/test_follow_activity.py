"""Discounts that follow activity, on the real MongoDB: counted from purchases, written once, told and audited."""

from datetime import timedelta

import pytest
import pytest_asyncio

from offers.flows.agree_own_terms import AgreeOwnTerms
from offers.flows.follow_activity import FollowActivity, Followed
from offers.flows.void_purchase import VoidPurchase
from offers.model.activity import ActivityMeasure, ActivityRules, Band
from offers.model.audit import AuditAction
from offers.model.ids import MemberId
from offers.model.member import OwnTerms
from offers.store.store import Store
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.personal_house import PersonalHouse, member_id, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
VISITS = ActivityRules(
    measure=ActivityMeasure.VISITS,
    bands=(Band(at_least=1, discount_bp=300), Band(at_least=2, discount_bp=700)),
    step_bp=1_000,
)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> PersonalHouse:
    opened = await open_personal_house(store, clock)
    await opened.agree(activity=VISITS, levels=())
    return opened


async def followed(house: PersonalHouse, *, dry_run: bool = False) -> Followed:
    found = Followed()
    async for after in FollowActivity(house.store, house.clock).walk(house.programme, dry_run=dry_run):
        found = after
    return found


async def own(house: PersonalHouse, who: MemberId) -> OwnTerms | None:
    member = await house.store.reading.members.get(who)
    assert member is not None
    return member.own_terms


async def changes(house: PersonalHouse) -> list[dict[str, int | str]]:
    lines = house.store.database["audit"].find({"action": AuditAction.ACTIVITY_DISCOUNT.value}).sort("seq")
    return [document["facts"] async for document in lines]


async def test_visits_give_a_discount_which_the_till_gives_and_the_audit_explains(house: PersonalHouse) -> None:
    anna, boris, clara = [await house.enrol(number) for number in (1, 2, 3)]
    for order in ("A-1", "A-2"):
        await house.sell(anna, line(10_000), order=order)
    await house.sell(boris, line(10_000), order="B-1")

    told = await followed(house, dry_run=True)
    untouched = await own(house, anna.member.id)
    done = await followed(house)
    again = await followed(house)

    assert untouched is None
    assert told == done
    assert (done.members, done.raised, done.at_bp) == (3, 2, {700: 1, 300: 1, 0: 1})
    assert (again.raised, again.lowered) == (0, 0)
    assert sorted(await changes(house), key=lambda facts: facts["value"]) == [
        {"before_bp": 0, "discount_bp": 300, "measure": "visits", "value": 1, "days": 30},
        {"before_bp": 0, "discount_bp": 700, "measure": "visits", "value": 2, "days": 30},
    ]
    assert (await house.sell(anna, line(10_000), order="A-3")).discount_minor == 700
    assert (await house.sell(clara, line(10_000), order="C-1")).discount_minor == 0
    assert await house.store.database["outbox"].count_documents({"kind": "OwnTermsChanged"}) == 2


async def test_a_discount_falls_when_nobody_comes_and_voided_purchases_never_counted(house: PersonalHouse) -> None:
    anna = await house.enrol(1)
    receipt = await house.sell(anna, line(10_000), order="A-1")
    await VoidPurchase(house.store, house.clock)(house.till, receipt.id)
    nothing = await followed(house)
    await house.sell(anna, line(10_000), order="A-2")
    risen = await followed(house)
    house.clock.move(timedelta(days=31))

    fallen = await followed(house)

    assert (nothing.raised, risen.raised, fallen.lowered) == (0, 1, 1)
    kept = await own(house, anna.member.id)
    assert kept is not None
    assert (kept.discount_bp, kept.activity is not None) == (None, True)
    assert (await house.sell(anna, line(10_000), order="A-3")).discount_minor == 0


async def test_what_was_agreed_with_a_member_stays(house: PersonalHouse) -> None:
    anna = await house.enrol(1)
    agreed = OwnTerms(discount_bp=100)
    await AgreeOwnTerms(house.store, house.clock)(house.programme, anna.member.id, agreed, staff_id="olga")
    await house.sell(anna, line(10_000), order="A-1")

    done = await followed(house)

    assert (done.members, done.raised, dict(done.at_bp)) == (1, 0, {})
    assert await own(house, anna.member.id) == agreed


async def test_scores_may_be_what_it_follows(house: PersonalHouse) -> None:
    bands = (Band(at_least=8_000, discount_bp=500),)
    await house.agree(activity=ActivityRules(measure=ActivityMeasure.BUYS_AGAIN, bands=bands))
    await house.people(4)

    done = await followed(house)

    assert (done.raised, done.at_bp) == (2, {500: 2, 0: 2})
    kept = await own(house, member_id(0))
    assert kept is not None
    assert kept.activity is not None
    assert kept.activity.value == 9_000
