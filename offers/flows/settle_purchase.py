"""Settle a purchase: price it, move the points, keep the receipt and tell the outbox, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.code_rights import wish_of
from offers.engine.decide import decide
from offers.engine.lots import after
from offers.engine.quotes import HOLD_TTL
from offers.engine.settling import Settling
from offers.engine.timeliness import check_redemption, check_time, is_late
from offers.flows.decide_purchase import decide_late, find_facts
from offers.flows.find_active_card import find_active_card, find_card_and_rules
from offers.flows.find_limits import FindLimits
from offers.flows.find_rulebook import KnownRulebook, find_known_rulebook, rulebook_seen_last
from offers.flows.honour_code import honour_code
from offers.flows.keep_settlement import keep_settlement
from offers.flows.reserve_limits import ReserveLimits, Wanted, order_cause
from offers.flows.settle_takes import settle_takes
from offers.flows.turns import turn_at_card
from offers.model.applied import AppliedOffer
from offers.model.clock import Clock
from offers.model.decision import Decision, basket_of
from offers.model.errors import Busy, OfferError
from offers.model.facts import Limited
from offers.model.ids import Chance, CheckoutId, new_id
from offers.model.ledger import POINTS
from offers.model.limit_errors import HoldLapsed
from offers.model.programme import Till
from offers.model.purchase import Purchase, Receipt
from offers.model.take import taker_at
from offers.store.store import Store
from offers.store.work import Work

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The rulebook to decide by, what limits were looked at, and the limited offers for which something is held now."""

    rulebook: KnownRulebook
    limited: Limited = field(default_factory=Limited)
    held: tuple[AppliedOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class SettlePurchase:
    """Settle once: the same order, asked again, gives the same receipt, for ever.

    What everybody wants (budgets, codes) is held before the account is claimed, and taken for good with the receipt; a
    settlement that is broken off lets it go by itself. A purchase reported late only accrues. Raises KeyReused (the
    order or key was used with another body), UnknownCard, CardNotActive, PurchaseInFuture, PurchaseTooOld,
    LateRedemption, Busy and whatever `FindLimits`, `decide` and `honour_code` raise. After a raise nothing was kept.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, till: Till, purchase: Purchase) -> Receipt:
        plan = _plan_without_asking(till, purchase)
        for _ in range(TRIES):
            try:
                return await self._carry_out(till, purchase, plan or await self._plan(till, purchase))
            except _Moved:
                plan = None
        raise Busy(retry_after_s=1)

    async def _carry_out(self, till: Till, purchase: Purchase, plan: _Plan) -> Receipt:
        """Settle as planned. What is held for a purchase that is refused is let go at once."""
        try:
            async with turn_at_card(purchase.card_id):
                return await self.store.transact(lambda work: self._settle(work, till, purchase, plan))
        except OfferError:
            if plan.held:
                await self._let_go(till, purchase)
            raise

    async def _plan(self, till: Till, purchase: Purchase) -> _Plan:
        """Look at the limits and hold what the purchase would take of them, if there are any."""
        reading, at = self.store.reading, self.clock()
        known = await find_known_rulebook(reading, till.programme)
        ready = known.ready
        if not (ready.rulebook.offers or purchase.codes) or is_late(purchase, at):
            return _Plan(rulebook=known)
        if await reading.receipts.find(till.outlet.id, purchase):
            return _Plan(rulebook=known)
        await self._let_go(till, purchase)
        _, member = await find_active_card(reading, till, purchase.card_id)
        account = await reading.accounts.find(member.id, POINTS)
        limited = await FindLimits(self.store, self.clock)(ready, taker_at(till, member.id), purchase.codes)
        facts = await find_facts(reading, till, member, limited, ready=ready, account=account, at=at)
        decision = decide(ready, facts, basket_of(purchase), purchase.at)
        wanted = Wanted(cause=_cause(till, purchase), till=till, member_id=member.id, offers=decision.limited_offers)
        if wanted.offers:
            try:
                await ReserveLimits(self.store, self.clock).hold(wanted, until=at + HOLD_TTL)
            except Busy:
                raise
            except OfferError as refusal:
                raise _Moved from refusal
        return _Plan(rulebook=known, limited=limited, held=wanted.offers)

    async def _let_go(self, till: Till, purchase: Purchase) -> None:
        """Release what a settlement of this order that was broken off may have left held."""
        cause = _cause(till, purchase)
        if await self.store.reading.takes.of_cause(cause):
            await ReserveLimits(self.store, self.clock).release(cause)

    async def _settle(self, work: Work, till: Till, purchase: Purchase, plan: _Plan) -> Receipt:
        if earlier := await work.receipts.find(till.outlet.id, purchase):
            return earlier.answering(purchase.body_digest)
        at = self.clock()
        check_time(purchase, at)
        check_redemption(purchase, at)
        card, member, rules_digest = await find_card_and_rules(work, till, purchase.card_id)
        if rules_digest != plan.rulebook.rules_digest:
            raise _Moved
        claimed = await work.accounts.claim(member.id, card.programme_id, POINTS)
        caught_up = catch_up(claimed, at)
        account = after(claimed, caught_up)
        basket = basket_of(purchase)
        if is_late(purchase, at):
            decision = decide_late(till, basket, purchase.at)
        else:
            facts = await find_facts(
                work, till, member, plan.limited, ready=plan.rulebook.ready, account=account, at=at
            )
            decision = decide(plan.rulebook.ready, facts, basket, purchase.at)
        if decision.limited_offers != plan.held:
            raise _Moved
        if plan.held:
            try:
                await settle_takes(work, _cause(till, purchase), at=at)
            except HoldLapsed as lapsed:
                raise _Moved from lapsed
        await _honour(work, till, purchase, decision, at=at)
        settling = Settling(till=till, purchase=purchase, card=card, member=member, account=account, decision=decision)
        checkout_id = CheckoutId(new_id(at, self.chance))
        return await keep_settlement(work, settling, claimed, caught_up, checkout_id=checkout_id, at=at)


async def _honour(work: Work, till: Till, purchase: Purchase, decision: Decision, *, at: datetime) -> None:
    """Let the code that was shown authorise the order. Raises what `honour_code` raises."""
    await honour_code(
        work,
        till.programme,
        purchase.card_id,
        purchase.shown,
        wish_of(decision),
        outlet_id=till.outlet.id,
        cause=_cause(till, purchase),
        at=at,
        sold_at=purchase.at,
    )


class _Moved(Exception):
    """What the plan was made on has changed: plan again."""


def _plan_without_asking(till: Till, purchase: Purchase) -> _Plan | None:
    """Plan by the rulebook seen last, if nothing in it has to be looked at: settling finds out whether it stands."""
    known = rulebook_seen_last(till.programme)
    if known is None or known.ready.rulebook.offers or purchase.codes:
        return None
    return _Plan(rulebook=known)


def _cause(till: Till, purchase: Purchase) -> str:
    return order_cause(till.outlet.id, purchase.business_day, purchase.order_ref)
