"""Turning the sweeper off changes no decision: one script, swept whenever time went by and never, comes to the same."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest

from offers.flows.enrol_member import Enrolment
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.model.coupon import Every
from offers.model.errors import OfferError
from offers.model.ledger import ReturnPolicy, SpendingOrder
from offers.model.programme import Terms
from offers.model.purchase import Receipt
from offers.model.quote import Quote
from offers.model.returns import GoodsBack
from offers.model.take import Refill
from offers.store.store import Store
from service.sweeper import Sweeper
from tests.checkout_house import SILVER, line
from tests.clock import SettableClock
from tests.ledger_house import NOON
from tests.limited_house import CAKE, LimitedHouse, open_limited_house
from tests.unit.receipts import dice_of

STEPS = 45
GOODS = (line(30_000), line(2_000, sku="eclair", category=CAKE))
ACTS = ("buy", "buy", "redeem", "quote", "quote", "settle", "release", "void", "return", "wait", "wait")
WAITS_MINUTES = (1, 16, 16, 60 * 9, 60 * 24, 60 * 24 * 3)


@dataclass(slots=True)
class Script:
    """What happens is drawn from dice alone, never from what came of it; `seen` is all that a till was told."""

    house: LimitedHouse
    members: list[Enrolment]
    dice: Random
    quotes: list[Quote] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    seen: list[tuple[object, ...]] = field(default_factory=list)

    async def step(self, number: int) -> None:
        act, who, points = self.dice.choice(ACTS), self.dice.choice(self.members), self.dice.randint(1, 150)
        which, minutes, coupon = self.dice.random(), self.dice.choice(WAITS_MINUTES), self.dice.random() < 0.5
        order = f"S-{number}"
        if act == "wait":
            self.house.clock.move(timedelta(minutes=minutes))
        told: tuple[object, ...]
        try:
            if act in {"buy", "redeem"}:
                told = await self._buy(who, order, points if act == "redeem" else 0)
            elif act == "quote":
                told = await self._quote(who, points, coupon=coupon)
            elif act in {"settle", "release"} and self.quotes:
                told = await self._use(self.quotes[int(which * len(self.quotes))], order, settles=act == "settle")
            elif act in {"void", "return"} and self.receipts:
                told = await self._undo(self.receipts[int(which * len(self.receipts))], order, voids=act == "void")
            else:
                told = tuple([await self.house.spendable(each.member.id) for each in self.members])
        except OfferError as refusal:
            told = (refusal.code,)
        self.seen.append((number, act, *told))

    async def _buy(self, who: Enrolment, order: str, points: int) -> tuple[object, ...]:
        return self._bought(await self.house.sell(who, *GOODS, order=order, points=points))

    async def _quote(self, who: Enrolment, points: int, *, coupon: bool) -> tuple[object, ...]:
        codes = tuple(each.id for each in self.house.coupons.values() if coupon and each.owner == who.member.id)
        quote = await self.house.quote_with(self.house.till, who, *GOODS, points=points, codes=codes)
        self.quotes.append(quote)
        return self._quoted(await self.house.hold(quote) if coupon else quote)

    async def _use(self, quote: Quote, order: str, *, settles: bool) -> tuple[object, ...]:
        if not settles:
            return (str((await self.house.release(quote)).decision.payable_minor),)
        settled = await self.house.settle_quote(self.house.settlement(quote, order=order))
        return self._bought(settled) if isinstance(settled, Receipt) else self._quoted(settled)

    async def _undo(self, receipt: Receipt, order: str, *, voids: bool) -> tuple[object, ...]:
        if voids:
            return self._counted(await self.house.void(receipt))
        half = GoodsBack(line=0, amount_minor=receipt.lines[0].total_minor // 2)
        made = await self.house.bring_back(receipt, half, ref=order)
        return (made.refund_minor, made.points_returned, made.points_taken_back, made.balance)

    def _bought(self, receipt: Receipt) -> tuple[object, ...]:
        self.receipts.append(receipt)
        return self._counted(receipt)

    def _counted(self, receipt: Receipt) -> tuple[object, ...]:
        offers = [(offer.offer_id, offer.saving_minor, offer.points) for offer in receipt.offers]
        return (receipt.payable_minor, receipt.points_accrued, receipt.points_redeemed, receipt.balance, offers)

    def _quoted(self, quote: Quote) -> tuple[object, ...]:
        return (quote.decision.payable_minor, quote.decision.points_accrued, quote.balance, quote.expires_at)


async def play(store: Store, seed: int, *, is_swept: bool) -> list[tuple[object, ...]]:
    for name in await store.database.list_collection_names():
        await store.database[name].delete_many({})
    dice, clock = dice_of(seed), SettableClock(NOON)
    terms = Terms(
        accrual_bp=1_000,
        levels=(SILVER,),
        points_live_days=dice.randint(1, 6),
        pending_days=dice.randint(0, 2),
        restore_grace_days=dice.choice([0, 2]),
        return_policy=dice.choice(list(ReturnPolicy)),
        spending_order=dice.choice(list(SpendingOrder)),
    )
    house = await open_limited_house(store, clock, terms, dice.choice(list(Refill)))
    script = Script(house, [await house.enrol(number) for number in range(2)], dice)
    every = dice.choice(list(Every))
    for who in script.members:
        await house.grant(who, every)
        await house.buy(who, points=200)
    for number in range(STEPS):
        await script.step(number)
        if is_swept and script.seen[-1][1] == "wait":
            await Sweeper(store, clock).step()
    await house.verify()
    await house.prove_limits()
    return script.seen


@pytest.mark.parametrize("seed", range(4))
async def test_tills_and_members_are_told_the_same_whether_anything_sweeps_or_not(store: Store, seed: int) -> None:
    swept = await play(store, seed, is_swept=True)

    unswept = await play(store, seed, is_swept=False)

    assert unswept == swept
    assert len({act for _, act, *_ in swept}) >= 6


async def test_a_code_that_somebody_let_go_is_there_for_the_next_though_nothing_swept(
    store: Store, clock: SettableClock
) -> None:
    house = await open_limited_house(store, clock, Terms(), Refill.ALWAYS)
    wish = BatchWish(programme_id=house.programme.id, campaign="spring", offer_id="welcome", asked=1)
    _, (code,) = await MakeCodes(store, clock, secrets.token_bytes).at_once(wish)
    anna, boris = await house.enrol(1), await house.enrol(2)
    held = await house.hold(await house.quote_with(house.till, anna, *GOODS, codes=(code,)))
    meanwhile = await house.quote_with(house.till, boris, *GOODS, codes=(code,))
    clock.move(timedelta(minutes=16))

    receipt = await house.honour(await house.quote_with(house.till, boris, *GOODS, codes=(code,)))

    assert 5_000 in {offer.saving_minor for offer in held.decision.offers}
    assert 5_000 not in {offer.saving_minor for offer in meanwhile.decision.offers}
    assert 5_000 in {offer.saving_minor for offer in receipt.offers}
    await house.prove_limits()
