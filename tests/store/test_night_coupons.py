"""From coupons used at tills to what the next dry run expects: nights, issues and uses on the real MongoDB."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from offers.engine.calendar import business_day
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.redeem_coupon import RedeemCoupon
from offers.model.condition import AllOf
from offers.model.coupon import Coupon
from offers.model.history import MemberKey, PastPurchase
from offers.model.personal import PercentLevels
from offers.model.personal_run import PersonalRun
from offers.model.purchase import ReceiptLine
from offers.model.take import Taker
from offers.store.store import Store
from service.cli.personal_words import rehearsal_lines
from tests.clock import SettableClock
from tests.ledger_house import ZONE, open_ledger_house
from tests.personal_house import PersonalHouse
from tests.score_house import ScoreHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEMBERS = 190
LIVE_DAYS = 14
USED = 0.55
FIRST = datetime(2026, 1, 10, 6, tzinfo=UTC)
SECOND = datetime(2026, 2, 10, 6, tzinfo=UTC)
THIRD = datetime(2026, 3, 10, 6, tzinfo=UTC)
_BEGAN = datetime(2025, 11, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop where all members come about once in nine days."""

    scores: ScoreHouse
    personal: PersonalHouse
    draw: random.Random

    async def night(self, at: datetime) -> None:
        """Let the night before an instant pass."""
        self.personal.clock.set_to(at)
        assert (await self.scores.night((at - timedelta(days=1)).date())).published

    async def push(self, *, rate: float) -> PersonalRun:
        """Issue to everybody; of those who come while their coupon lives so many use it at the till."""
        run = await self.personal.issue((await self.personal.rehearse()).id)
        coupons = [each for each in await self.personal.coupons() if each.grant_key == f"personal:{run.id}"]
        came = await self._came(self.personal.clock())
        self.personal.clock.move(timedelta(days=LIVE_DAYS - 1))
        for coupon in coupons:
            if coupon.owner in came and self.draw.random() < rate:
                await self._use(coupon)
        return run

    async def _came(self, since: datetime) -> set[str]:
        within = {"$gt": since + timedelta(hours=18), "$lt": since + timedelta(days=LIVE_DAYS)}
        return set(await self.scores.store.database["receipts"].distinct("member_id", {"at": within}))

    async def _use(self, coupon: Coupon) -> None:
        taker = Taker(programme_id=coupon.programme_id, member_id=coupon.owner)
        await RedeemCoupon(self.scores.store, self.personal.clock)(coupon.id, taker, cause=f"till:{coupon.id}")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(store: Store, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Shop]:
    scores = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=tmp_path)
    await scores.open()
    draw, names = random.Random(7), random.Random(8)  # noqa: S311 - a made up past, the same every time
    bought = [purchase for number in range(MEMBERS) for purchase in _habit(number, draw)]
    destination = Destination(programme=scores.programme, outlet=scores.ledger.till.outlet, enrol=True)
    for first in range(0, len(bought), 500):
        await ImportPurchases(store, clock, names.randbytes)(destination, bought[first : first + 500])
    personal = PersonalHouse(store, clock, scores.programme, chance=names.randbytes)
    fields = {"condition": AllOf(), "holdout_bp": 0, "explore_bp": 5_000, "rest_days": 10, "live_days": LIVE_DAYS}
    await personal.templated(levels=PercentLevels(rates_bp=(500, 1_000)), budget_minor=100_000_000, **fields)
    yield Shop(scores, personal, draw)


def _habit(number: int, draw: random.Random) -> list[PastPurchase]:
    at, found = _BEGAN + timedelta(days=draw.uniform(0, 15)), list[PastPurchase]()
    while at < THIRD + timedelta(days=3):
        line = ReceiptLine(
            sku="latte",
            category="coffee",
            quantity=Decimal(1),
            unit_price_minor=30_000,
            total_minor=30_000,
            discount_minor=0,
            redeemed_minor=0,
            payable_minor=30_000,
            points_accrued=0,
        )
        order = PastPurchase(
            member=MemberKey(external_id=f"C-{number}"),
            order_ref=f"{number}-{len(found)}",
            business_day=business_day(at, ZONE),
            at=at,
            lines=(line,),
        )
        found.append(order)
        at += timedelta(days=draw.uniform(3, 15))
    return found


async def test_a_dry_run_expects_what_earlier_coupons_taught(shop: Shop) -> None:
    reading = shop.scores.store.reading
    await shop.night(FIRST)
    first = await shop.push(rate=USED)
    await shop.night(SECOND)
    second = await shop.push(rate=USED)
    (before,) = [run for run in await reading.scores.runs(shop.scores.programme.id) if run.as_of == date(2026, 2, 9)]
    await shop.night(THIRD)

    run = await shop.personal.rehearse()

    assert before.coupons is not None
    assert before.coupons.reason in {"too_few_occasions", "nothing_later"}
    assert first.rehearsal.use is second.rehearsal.use is None
    assert first.rehearsal.expected_minor == first.rehearsal.cost_minor
    scores = await reading.scores.run(run.scores)
    assert scores is not None
    lesson = scores.coupons
    assert lesson is not None
    assert (lesson.reason, lesson.coupons) == ("", first.issued + second.issued)
    assert lesson.used / lesson.occasions == pytest.approx(USED, abs=0.08)
    use, found = run.rehearsal.use, run.rehearsal
    assert use is not None
    assert use.share_bp == pytest.approx(USED * 10_000, abs=900)
    assert use.share_bp < use.reckoned_bp < 10_000
    assert (use.coupons, use.own_coupons) == (lesson.coupons, lesson.coupons)
    assert found.expected_minor is not None
    assert found.expected_minor < found.cost_minor
    assert found.cost_minor < second.rehearsal.cost_minor * found.decided / second.rehearsal.decided
    issued = await shop.personal.issue(run.id)
    assert issued.committed_minor == pytest.approx(found.cost_minor, abs=issued.issued), (
        "a budget commits what it reckons"
    )
    await _is_said(shop, run, f"learned from {lesson.coupons} coupons")


async def _is_said(shop: Shop, run: PersonalRun, words: str) -> None:
    rules = await shop.scores.store.reading.rulebooks.get(shop.scores.programme.id)
    template = rules.template("win-back")
    assert template is not None
    assert words in "\n".join(rehearsal_lines(run, template.levels, shop.scores.programme, "en"))
    reasons = [each.reason for each in run.rehearsal.sample if each.size]
    assert reasons
    assert all("expected to be used on" in each.en and words in each.en for each in reasons)
    assert all("как ожидается, используют" in each.ru for each in reasons)


async def test_the_same_night_again_is_the_same_run_and_more_coupons_make_another(shop: Shop) -> None:
    await shop.night(FIRST)
    await shop.push(rate=USED)
    shop.personal.clock.set_to(SECOND)
    first = (await shop.scores.night((SECOND - timedelta(days=1)).date())).run
    again = (await shop.scores.night((SECOND - timedelta(days=1)).date())).run
    await shop.scores.store.database["takes"].delete_many({"kind": "coupon"})

    other = (await shop.scores.night((SECOND - timedelta(days=1)).date())).run

    assert (again.id, again.coupons) == (first.id, first.coupons)
    assert other.id != first.id
    assert other.coupons is not None
    assert other.coupons.used == 0
