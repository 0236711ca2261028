"""The night learns from exposures on the real MongoDB: uplift beside every member's scores, or a word why not yet."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from offers.engine.calendar import business_day
from offers.flows.change_offers import ChangeOffers
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.log_exposures import LogExposures
from offers.flows.rule_kinds import TEMPLATE
from offers.model.exposure import NOTHING, ArmChance, Exposure
from offers.model.history import MemberKey, PastPurchase
from offers.model.ids import MemberId
from offers.model.personal import Guardrails
from offers.model.purchase import ReceiptLine
from offers.store.store import Store
from service.now import chance
from tests.clock import SettableClock
from tests.ledger_house import ZONE, open_ledger_house
from tests.personal_house import template_of
from tests.score_house import AS_OF, ScoreHouse

TEN = "coffee@1000"
CAMPAIGN = "personal:win-back"
MEMBERS = 320
_END = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=UTC)
PUSHES = tuple(_END - timedelta(days=days) for days in (95, 65, 32))


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop whose members buy now and then; whoever got the offer and has small baskets buys more often."""

    house: ScoreHouse
    members: dict[int, MemberId]


@pytest_asyncio.fixture(loop_scope="session")
async def shop(store: Store, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Shop]:
    house = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=tmp_path)
    await house.open()
    draw = random.Random(5)  # noqa: S311 - a made up past
    arms = {(number, push): draw.random() < 0.5 for number in range(MEMBERS) for push in range(len(PUSHES))}
    destination = Destination(programme=house.programme, outlet=house.ledger.till.outlet, enrol=True)
    bought = [each for number in range(MEMBERS) for each in habit(number, arms, draw)]
    for first in range(0, len(bought), 500):
        await ImportPurchases(store, clock, chance)(destination, bought[first : first + 500])
    keys = [MemberKey(external_id=f"U-{number}") for number in range(MEMBERS)]
    found = await store.reading.imports.members(house.programme.id, keys)
    members = {number: found[keys[number]].id for number in range(MEMBERS)}
    for push, at in enumerate(PUSHES):
        drawn = [exposure(house, members[number], at, got=arms[number, push]) for number in range(MEMBERS)]
        await LogExposures(store)(drawn)
    yield Shop(house, members)


def exposure(house: ScoreHouse, member: MemberId, at: datetime, *, got: bool) -> Exposure:
    return Exposure(
        programme_id=house.programme.id,
        member_id=member,
        campaign=CAMPAIGN,
        occurrence=f"{at:%Y-%m-%d}",
        policy="v1",
        arm=TEN if got else NOTHING,
        chances=(ArmChance(arm=NOTHING, chance=0.5), ArmChance(arm=TEN, chance=0.5)),
        at=at - timedelta(hours=6),
        horizon_days=25,
        explored=True,
    )


def habit(number: int, arms: dict[tuple[int, int], bool], draw: random.Random) -> list[PastPurchase]:
    small = number % 2 == 0
    days = [draw.uniform(-260, -100) for _ in range(3)]
    for push, at in enumerate(PUSHES):
        if draw.random() < (0.65 if small and arms[number, push] else 0.25):
            days.append((at - _END).days + draw.uniform(0.1, 24))
    return [purchase(number, _END + timedelta(days=day), 10_000 if small else 90_000) for day in sorted(set(days))]


def purchase(number: int, at: datetime, price: int) -> PastPurchase:
    line = ReceiptLine(
        sku="latte",
        category="coffee",
        quantity=Decimal(1),
        unit_price_minor=price,
        total_minor=price,
        discount_minor=0,
        redeemed_minor=0,
        payable_minor=price,
        points_accrued=0,
    )
    return PastPurchase(
        member=MemberKey(external_id=f"U-{number}"),
        order_ref=f"{number}-{at.timestamp():.0f}",
        business_day=business_day(at, ZONE),
        at=at,
        lines=(line,),
    )


async def effects(shop: Shop, numbers: Sequence[int]) -> list[int]:
    scores = shop.house.store.reading.scores
    rows = [await scores.of_member(shop.house.programme.id, shop.members[number]) for number in numbers]
    return [each.effect_bp for row in rows if row is not None for each in row.uplift if each.arm == TEN]


async def test_members_get_the_uplift_that_exposures_taught_and_the_run_says_how(shop: Shop) -> None:
    template = template_of(shop.house.programme.id, guardrails=Guardrails(margin_bp=4_000))
    change = ChangeOffers(shop.house.store, shop.house.ledger.clock)
    await change.put(shop.house.programme, TEMPLATE, template, staff_id="key:olga")

    report = await shop.house.night()

    (lesson,) = report.run.lessons
    for each in lesson.worth:
        assert each.margin_minor is not None
        # No coupon of theirs was used, so nothing was taken off.
        assert each.margin_minor == pytest.approx([0.4 * amount for amount in each.spend_minor], abs=1)
    small, large = await effects(shop, range(0, 60, 2)), await effects(shop, range(1, 60, 2))
    assert (lesson.campaign, lesson.exposures, lesson.reason) == (CAMPAIGN, MEMBERS * len(PUSHES), "")
    assert lesson.outcomes >= 200
    assert {each.policy for each in lesson.worth} == {"learned", "nothing", "as_drawn"}
    assert min(len(small), len(large)) == 30
    assert sum(small) / 30 > 1_500
    assert abs(sum(large) / 30) < 1_500
    kept = await shop.house.store.reading.scores.run(report.run.id)
    assert kept is not None
    assert kept.lessons == report.run.lessons


async def test_with_few_outcomes_no_uplift_is_published_and_more_exposures_make_another_run(shop: Shop) -> None:
    store = shop.house.store
    await store.database["exposures"].delete_many({"at": {"$gt": PUSHES[0]}})
    first = await shop.house.night()
    without = await effects(shop, range(20))
    await LogExposures(store)([exposure(shop.house, each, PUSHES[2], got=False) for each in shop.members.values()])

    more = await shop.house.night()

    (lesson,) = first.run.lessons
    assert (lesson.reason, lesson.needed, lesson.learner) == ("too_few_outcomes", 200, "")
    assert 0 < lesson.outcomes < 200
    assert without == []
    assert more.run.id != first.run.id
    assert more.run.lessons[0].exposures == 2 * MEMBERS
    assert more.run.version == first.run.version, "the forecast is the one that is kept"
