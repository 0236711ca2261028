"""A checkout with offers that run short: budgets of uses, money and points, and a coupon for every member."""

import secrets
from collections import Counter
from dataclasses import dataclass, field

from offers.flows.enrol_member import Enrolment
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.set_budget import SetBudget
from offers.model.benefit import AmountOff, Benefit, ExtraPoints, Percent
from offers.model.budget import Budget, BudgetId, CountedFor, Measure, Period
from offers.model.coupon import Binding, Coupon, Every, Recurrence
from offers.model.decision import Basket
from offers.model.goods import Goods
from offers.model.ids import OutletId
from offers.model.offer import Lane, Offer, Reach, offer_id
from offers.model.programme import LocalText, Terms, Till
from offers.model.purchase import Line
from offers.model.quote import Quote
from offers.model.rules import Rules
from offers.model.take import Refill, TakeKind, TakeState
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse, open_checkout_house
from tests.clock import SettableClock
from tests.ledger_house import ZONE

MERCHANTS = ("bakery", "cinema")
CAKE = "cake"


@dataclass(slots=True)
class LimitedHouse(CheckoutHouse):
    """Tills of three merchants, cakes cheaper five times, a few points more a day, and 50 roubles off for a coupon."""

    coupons: dict[str, Coupon] = field(default_factory=dict)
    budgets: list[Budget] = field(default_factory=list)

    async def publish(self, refill: Refill) -> None:
        """Put the offers into force, each with a budget of its own."""
        offers = (
            self._offer("cakes", Lane.PRICE, Percent(bp=2_000, goods=Goods(categories=(CAKE,)))),
            self._offer("extra", Lane.ACCRUAL, ExtraPoints(points=20)),
            self._offer("welcome", Lane.COUPON, AmountOff(amount_minor=5_000), reach=Reach.CODE),
        )
        rules = Rules(programme_id=self.programme.id, edition=1, offers=offers)
        assert await self.store.reading.rulebooks.keep(rules, at=self.clock())
        self.budgets = [
            await self._limit("cakes", Measure.USES, 5, refill=refill, slices=2),
            await self._limit(
                "extra", Measure.POINTS, 50, refill=refill, period=Period.DAY, counted_for=CountedFor.MEMBER
            ),
            await self._limit("welcome", Measure.MONEY, 18_000, refill=refill, counted_for=CountedFor.OUTLET),
        ]

    async def grant(self, who: Enrolment, every: Every, *, key: str = "welcome") -> Coupon:
        grant = Grant(
            programme_id=self.programme.id,
            owner=who.member.id,
            grant_key=key,
            binding=Binding.HARD,
            offer_id="welcome",
            campaign=None,
            title=LocalText(ru="50 ₽", en="50 off"),
            recurrence=Recurrence(every=every, zone=ZONE, days=3),
            extend_days=7,
        )
        coupon = await GrantCoupon(self.store, self.clock, secrets.token_bytes)(grant)
        self.coupons[coupon.id] = coupon
        return coupon

    async def quote_with(
        self, till: Till, who: Enrolment, *lines: Line, points: int = 0, codes: tuple[str, ...] = ()
    ) -> Quote:
        basket = Basket(lines=lines, currency="RUB", points_to_redeem=points, codes=codes)
        return await QuotePurchase(self.store, self.clock, secrets.token_bytes)(till, who.card.id, basket)

    def till_at(self, outlet_id: OutletId) -> Till:
        """Give the till of an outlet, of whatever merchant it is."""
        tills = (self.till, *(self.till_of(merchant) for merchant in MERCHANTS))
        return next(till for till in tills if till.outlet.id == outlet_id)

    async def prove_limits(self) -> int:
        """Count every pocket over, and every coupon's occurrence; give how many pockets there are."""
        proofs = [proof async for proof in LookAtBudgets(self.store, self.clock).prove()]
        for proof in proofs:
            assert proof.is_whole, proof
        used: Counter[tuple[str, str]] = Counter()
        async for take in self.store.database["takes"].find({"kind": TakeKind.COUPON.value}):
            used[take["source"], take["pocket"]] += take["state"] in {TakeState.HELD, TakeState.SETTLED}
        assert all(uses <= 1 for uses in used.values()), used
        return len(proofs)

    def _offer(self, code: str, lane: Lane, benefit: Benefit, *, reach: Reach = Reach.PUBLIC) -> Offer:
        return Offer(
            id=offer_id(self.programme.id, code),
            programme_id=self.programme.id,
            version=1,
            code=code,
            title=LocalText(ru=code, en=code),
            lane=lane,
            benefit=benefit,
            reach=reach,
        )

    async def _limit(
        self,
        offer: str,
        measure: Measure,
        cap: int,
        *,
        refill: Refill,
        slices: int = 1,
        period: Period = Period.NONE,
        counted_for: CountedFor = CountedFor.ALL,
    ) -> Budget:
        budget = Budget(
            id=BudgetId("new"),
            programme_id=self.programme.id,
            owner=f"offer:{offer}",
            name=offer,
            measure=measure,
            cap=cap,
            zone=ZONE,
            created_at=self.clock(),
            counted_for=counted_for,
            period=period,
            refill=refill,
            slices=slices,
        )
        return await SetBudget(self.store, self.clock, secrets.token_bytes).add(budget)


async def open_limited_house(store: Store, clock: SettableClock, terms: Terms, refill: Refill) -> LimitedHouse:
    opened = await open_checkout_house(store, clock, terms)
    house = LimitedHouse(opened.store, opened.clock, opened.programme)
    await house.publish(refill)
    return house
