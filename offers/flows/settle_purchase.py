"""Settle a purchase: price it, move the points, keep the receipt and tell the outbox, in one transaction."""

from dataclasses import dataclass

from offers.engine.bookkeeping import catch_up
from offers.engine.holds import free
from offers.engine.lots import after
from offers.engine.settling import Settling
from offers.engine.timeliness import check_redemption, check_time, is_late
from offers.flows.decide_purchase import decide_late, decide_purchase
from offers.flows.find_active_card import find_active_card
from offers.flows.keep_settlement import keep_settlement
from offers.model.clock import Clock
from offers.model.decision import basket_of
from offers.model.ids import Chance, CheckoutId, new_id
from offers.model.ledger import POINTS
from offers.model.programme import Till
from offers.model.purchase import Purchase, Receipt
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class SettlePurchase:
    """Settle once: the same order, asked again, gives the same receipt, for ever.

    A purchase reported late only accrues. Raises KeyReused (the order or key was used with another body), UnknownCard,
    CardNotActive, PurchaseInFuture, PurchaseTooOld, LateRedemption, Busy and whatever `decide_purchase` raises. After a
    raise nothing was kept.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, till: Till, purchase: Purchase) -> Receipt:
        return await self.store.transact(lambda work: self._settle(work, till, purchase))

    async def _settle(self, work: Work, till: Till, purchase: Purchase) -> Receipt:
        if earlier := await work.receipts.find(till.outlet.id, purchase):
            return earlier.answering(purchase.body_digest)
        at = self.clock()
        check_time(purchase, at)
        check_redemption(purchase, at)
        card, member = await find_active_card(work, till, purchase.card_id)
        claimed = await work.accounts.claim(member.id, card.programme_id, POINTS)
        caught_up = catch_up(claimed, at)
        account = after(claimed, caught_up)
        basket = basket_of(purchase)
        if is_late(purchase, at):
            decision = decide_late(till, basket, purchase.at)
        else:
            decision = decide_purchase(till, member, basket, points=free(account, at), at=purchase.at)
        settling = Settling(till=till, purchase=purchase, card=card, member=member, account=account, decision=decision)
        checkout_id = CheckoutId(new_id(at, self.chance))
        return await keep_settlement(work, settling, claimed, caught_up, checkout_id=checkout_id, at=at)
