"""Offers that ask for scores, on the real MongoDB: they hold for whom the published run says, and for nobody before."""

from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.flows.publish_scores import PublishScores
from offers.model.benefit import Percent
from offers.model.condition import Condition, InSegment, LikesCategory, ScoreWithin
from offers.model.scores import Favourite, MemberScores, ScoreName, ScoreRun, ScoreRunId
from offers.store.store import Store
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.offer_house import OfferHouse, open_offer_house

CUP = line(10_000)
SLEEPING = ScoreWithin(score=ScoreName.BUYS_AGAIN, at_most=2_000)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> OfferHouse:
    return await open_offer_house(store, clock)


async def publish(house: OfferHouse, name: str, *people: tuple[Enrolment, int]) -> None:
    run = ScoreRun(
        id=ScoreRunId(name),
        programme_id=house.programme.id,
        as_of=date(2026, 3, 13),
        horizon_days=30,
        model="rfm",
        fingerprint="f",
        members=len(people),
        made_at=datetime(2026, 3, 14, tzinfo=UTC),
    )
    rows = [
        MemberScores(
            run_id=run.id,
            member_id=who.member.id,
            programme_id=house.programme.id,
            buys_again_bp=chance_bp,
            purchases_centi=chance_bp // 100,
            spend_minor=chance_bp,
            segment="sleeping" if chance_bp < 2_000 else "champions",
            favourites=(Favourite(category="coffee", chance_bp=5_000),) if chance_bp > 5_000 else (),
        )
        for who, chance_bp in people
    ]
    assert await PublishScores(house.store, house.clock)(run, rows)


@pytest.mark.parametrize(
    "condition", [SLEEPING, InSegment(segments=("rfm:sleeping",))], ids=["by the chance", "by the named segment"]
)
async def test_an_offer_for_the_sleeping_holds_for_them_alone(house: OfferHouse, condition: Condition) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.write(house.offer("wake-up", Percent(bp=2_000), condition=condition))
    before = await house.sell(anna, CUP, order="A-0")
    await publish(house, "r1", (anna, 1_000), (boris, 9_000))

    asleep, awake = await house.sell(anna, CUP, order="A-1"), await house.sell(boris, CUP, order="B-1")
    quoted = await house.quote(anna, CUP)

    assert (before.discount_minor, asleep.discount_minor, awake.discount_minor) == (0, 2_000, 0)
    assert quoted.decision.discount_minor == 2_000


async def test_a_new_run_changes_all_at_once(house: OfferHouse) -> None:
    anna = await house.enrol(1)
    await house.write(house.offer("wake-up", Percent(bp=2_000), condition=SLEEPING))
    await publish(house, "r1", (anna, 1_000))
    await publish(house, "r2", (anna, 9_000))

    receipt = await house.sell(anna, CUP, order="A-1")

    assert receipt.discount_minor == 0


async def test_an_offer_may_ask_what_a_member_likes(house: OfferHouse) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.write(house.offer("for-coffee", Percent(bp=1_000), condition=LikesCategory(categories=("coffee",))))
    await publish(house, "r1", (anna, 9_000), (boris, 3_000))

    lover, other = await house.sell(anna, CUP, order="A-1"), await house.sell(boris, CUP, order="B-1")

    assert (lover.discount_minor, other.discount_minor) == (1_000, 0)
    assert [each.facts["condition"] for each in other.explain if each.code == "offer_skipped"] == ["likes"]
