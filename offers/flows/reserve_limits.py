"""Reserve limits: the coupons, codes and budgets that a decision's offers use up, under the key of its cause."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.refills import Returned
from offers.flows.find_limits import COUPON, OWNER, VOUCHER
from offers.flows.hold_budgets import HoldBudgets
from offers.flows.hold_coupon import HoldCoupon
from offers.flows.redeem_voucher import RedeemVoucher
from offers.flows.release_takes import ReleaseTakes, release
from offers.flows.return_takes import return_takes
from offers.flows.settle_takes import settle_takes
from offers.model.applied import AppliedOffer
from offers.model.budget import Ask, Budget, Measure
from offers.model.clock import Clock
from offers.model.coupon import CouponId
from offers.model.errors import OfferError
from offers.model.ids import MemberId, OutletId
from offers.model.programme import Till
from offers.model.purchase import Receipt
from offers.model.quote import quote_cause
from offers.model.take import Taker, taker_at
from offers.model.voucher import VoucherId
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a decision uses up: its offers, for whom and where, under the key of their cause."""

    cause: str
    till: Till
    member_id: MemberId
    offers: tuple[AppliedOffer, ...]


@dataclass(frozen=True, slots=True)
class ReserveLimits:
    """The one way in which limited things take part in a purchase. Budgets of an offer are owned by `offer:<code>`.

    Everything goes by the cause and may be said twice: the second time changes nothing. What is held comes back by
    itself when its time is over.
    """

    store: Store
    clock: Clock

    async def hold(self, wanted: Wanted, *, until: datetime) -> None:
        """Hold everything or nothing, before any account is claimed; hold longer what is held already.

        Raises BudgetExhausted, CouponNotAvailable, CouponOfAnother, UnknownCoupon, VoucherNotActive,
        VoucherMemberLimit, UnknownVoucher, Busy.
        """
        takes = self.store.reading.takes
        known = {take.key for take in await takes.of_cause(wanted.cause) if take.is_out}
        await takes.renew(wanted.cause, until=until)
        taker = taker_at(wanted.till, wanted.member_id)
        try:
            for offer in wanted.offers:
                await self._hold(offer, taker, wanted.cause, until)
        except OfferError:
            await self._let_go(wanted.cause, known)
            raise

    async def release(self, cause: str) -> None:
        await ReleaseTakes(self.store, self.clock)(cause)

    async def settle(self, work: Work, cause: str, *, at: datetime) -> None:
        """Settle in the transaction of the receipt. Raises HoldLapsed."""
        await settle_takes(work, cause, at=at)

    async def give_back(self, work: Work, cause: str, returned: Returned, *, at: datetime) -> None:
        await return_takes(work, cause, returned, at=at)

    async def _hold(self, offer: AppliedOffer, taker: Taker, cause: str, until: datetime) -> None:
        """The member's own things first, what everybody wants last."""
        if offer.code is not None and offer.code.startswith(COUPON):
            coupon_id = CouponId(offer.code.removeprefix(COUPON))
            await HoldCoupon(self.store, self.clock)(coupon_id, taker, cause=cause, until=until)
        if offer.code is not None and offer.code.startswith(VOUCHER):
            voucher_id = VoucherId(offer.code.removeprefix(VOUCHER))
            await RedeemVoucher(self.store, self.clock).hold(voucher_id, taker, cause=cause, until=until)
        owner = OWNER + offer.offer_id.removeprefix(f"{taker.programme_id}.")
        budgets = await self.store.reading.budgets.of_owners(taker.programme_id, [owner])
        asks = [Ask(budget=budget, amount=amount_of(offer, budget)) for budget in budgets]
        await HoldBudgets(self.store, self.clock)(asks, taker, cause=cause, until=until)

    async def _let_go(self, cause: str, known: set[str]) -> None:
        """Release what this call held before it was refused."""

        async def let_go(work: Work) -> None:
            for take in await work.takes.of_cause(cause):
                if take.key not in known:
                    await release(work, take, at=self.clock())

        await self.store.transact(let_go)


def amount_of(offer: AppliedOffer, budget: Budget) -> int:
    """Give what an offer's use takes out of a budget."""
    match budget.measure:
        case Measure.USES:
            return offer.uses
        case Measure.MONEY:
            return offer.saving_minor
        case Measure.POINTS:
            return offer.points


def cause_of(receipt: Receipt) -> str:
    """Give the cause under which a receipt took things: its quote, or the order that was settled at once."""
    if receipt.quote_id is not None:
        return quote_cause(receipt.quote_id)
    return order_cause(receipt.outlet_id, receipt.business_day, receipt.order_ref)


def order_cause(outlet_id: OutletId, business_day: str, order_ref: str) -> str:
    return f"order:{outlet_id}:{business_day}:{order_ref}"
