"""Find what limits a decision: the codes that were shown, and what is left of the offers' budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offers.engine.coupons import may_redeem
from offers.engine.ready_rulebook import ReadyRulebook
from offers.flows.find_voucher import FindVoucher, Guessers
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.look_at_coupons import CouponSight, LookAtCoupons
from offers.flows.release_takes import ReleaseLapsed
from offers.model.budget import CountedFor, Measure
from offers.model.clock import Clock
from offers.model.condition import CodeKind
from offers.model.coupon import CouponId, CouponState
from offers.model.facts import CodeState, Limited, Remaining, ShownCode
from offers.model.ids import ID_LENGTH, OfferId
from offers.model.limit_errors import CodeOfNoOffer, UnknownVoucher, VoucherTypo
from offers.model.offer import offer_id
from offers.model.take import Taker
from offers.model.throttle import Guesser
from offers.model.voucher import VoucherState
from offers.store.store import Store

COUPON = "coupon:"
VOUCHER = "voucher:"
OWNER = "offer:"

_COUPON_STATES = {
    CouponState.DRAFT: CodeState.NOT_YET,
    CouponState.ACTIVE: CodeState.NOT_YET,
    CouponState.HELD: CodeState.HELD,
    CouponState.REDEEMED: CodeState.USED,
    CouponState.EXHAUSTED: CodeState.USED,
    CouponState.RETURNED: CodeState.EXPIRED,
    CouponState.EXPIRED: CodeState.EXPIRED,
    CouponState.REVOKED: CodeState.REVOKED,
}
"""For a coupon of which nothing may be used now; an active one waits for its next occurrence then."""

_VOUCHER_STATES = {
    VoucherState.ACTIVE: CodeState.USABLE,
    VoucherState.NOT_YET: CodeState.NOT_YET,
    VoucherState.SPENT: CodeState.USED,
    VoucherState.EXPIRED: CodeState.EXPIRED,
    VoucherState.REVOKED: CodeState.REVOKED,
}

_SCOPES = {CountedFor.ALL: "campaign", CountedFor.OUTLET: "outlet", CountedFor.MEMBER: "member"}


@dataclass(frozen=True, slots=True)
class FindLimits:
    """What it tells decides nothing for good: `ReserveLimits` holds what a decision wants, or refuses.

    A code that looks used up is looked at again when a hold of it whose time is over could be released, so that a
    sweeper that never ran changes no decision. Nothing else is written.
    """

    store: Store
    clock: Clock

    async def __call__(self, ready: ReadyRulebook, taker: Taker, texts: Sequence[str]) -> Limited:
        """Look at everything that limits the offers of a rulebook. Raises what `codes` raises, and CodeOfNoOffer."""
        offers = [offer.code for offer in ready.rulebook.offers]
        shown = await self.codes(taker, texts) if texts else {}
        if stray := next((offer for offer in shown if offer not in ready.offer_ids), None):
            raise CodeOfNoOffer(offer=stray)
        return Limited(codes=shown, remaining=await self.remaining(taker, offers) if offers else {})

    async def codes(self, taker: Taker, texts: Sequence[str]) -> dict[OfferId, ShownCode]:
        """Read shown codes: a coupon's id, or what was typed as a voucher code. Of two for one offer the first counts.

        Raises UnknownCoupon, VoucherTypo, UnknownVoucher, VoucherThrottled; `field` tells which of the codes it was.
        """
        shown: dict[OfferId, ShownCode] = {}
        for place, text in enumerate(texts):
            try:
                offer, code = await self._code(taker, text)
            except (VoucherTypo, UnknownVoucher) as refusal:
                refusal.field = f"/coupon_codes/{place}"
                raise
            shown.setdefault(offer, code)
        return shown

    async def remaining(self, taker: Taker, offers: Sequence[str]) -> Mapping[OfferId, tuple[Remaining, ...]]:
        """Tell what is left of every budget of some offers, by the offers' codes."""
        owners = {f"{OWNER}{code}": offer_id(taker.programme_id, code) for code in offers}
        left: dict[OfferId, tuple[Remaining, ...]] = {}
        for sight in await LookAtBudgets(self.store, self.clock).left(list(owners), taker):
            measure = sight.budget.measure
            remaining = Remaining(
                scope=_SCOPES[sight.budget.counted_for],
                uses=sight.left if measure is Measure.USES else None,
                money_minor=sight.left if measure is Measure.MONEY else None,
                points=sight.left if measure is Measure.POINTS else None,
            )
            offer = owners[sight.budget.owner]
            left[offer] = (*left.get(offer, ()), remaining)
        return left

    async def _code(self, taker: Taker, text: str) -> tuple[OfferId, ShownCode]:
        if len(text) == ID_LENGTH and await self.store.reading.coupons.get(CouponId(text)):
            return await self._coupon(taker, CouponId(text))
        return await self._voucher(taker, text)

    async def _coupon(self, taker: Taker, coupon_id: CouponId) -> tuple[OfferId, ShownCode]:
        look = LookAtCoupons(self.store, self.clock)
        sight = await look.one(taker.programme_id, coupon_id)
        if not sight.now.uses_left and await ReleaseLapsed(self.store, self.clock)(source=coupon_id):
            sight = await look.one(taker.programme_id, coupon_id)
        code = ShownCode(
            kind=CodeKind.COUPON,
            reference=f"{COUPON}{sight.coupon.id}",
            state=_coupon_state(sight, taker),
            benefit=sight.coupon.benefit,
        )
        return offer_id(taker.programme_id, sight.coupon.offer_id), code

    async def _voucher(self, taker: Taker, text: str) -> tuple[OfferId, ShownCode]:
        find = FindVoucher(self.store, self.clock)
        found = await find(taker.programme_id, text, _guessers(taker))
        voucher_id = found.voucher.id
        if not found.voucher.left and await ReleaseLapsed(self.store, self.clock)(source=voucher_id):
            found = await find(taker.programme_id, text, _guessers(taker))
        state = _VOUCHER_STATES[found.state(self.clock())]
        code = ShownCode(kind=CodeKind.VOUCHER, reference=f"{VOUCHER}{voucher_id}", state=state)
        return offer_id(taker.programme_id, found.batch.offer_id), code


def _coupon_state(sight: CouponSight, taker: Taker) -> CodeState:
    if not may_redeem(sight.coupon, taker.member_id):
        return CodeState.NOT_YOURS
    return CodeState.USABLE if sight.now.uses_left else _COUPON_STATES[sight.now.state]


def _guessers(taker: Taker) -> Guessers:
    known = {Guesser.MEMBER: taker.member_id, Guesser.OUTLET: taker.outlet_id}
    return {kind: who for kind, who in known.items() if who is not None}
