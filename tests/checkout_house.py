"""A programme with its whole checkout: quotes, holds, settlements, returns and voids on the real MongoDB."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from offers.engine.calendar import business_day
from offers.flows.enrol_member import Enrolment
from offers.flows.hold_quote import HoldQuote
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.release_hold import ReleaseHold
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.settle_quote import SettleQuote
from offers.model.decision import Basket
from offers.model.ids import QuoteId
from offers.model.programme import DiscountLevel, LocalText, Terms, Till
from offers.model.purchase import Line, Purchase, Receipt
from offers.model.quote import Quote, QuoteSettlement
from offers.model.returns import GoodsBack, Return, ReturnRequest
from offers.store.store import Store
from tests.clock import SettableClock
from tests.ledger_house import LedgerHouse, open_ledger_house

SILVER = DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=1_000_000, discount_bp=1_000)
TERMS = Terms(accrual_bp=1_000, levels=(SILVER,))


def line(amount: int, *, sku: str = "latte", category: str = "coffee", quantity: str = "1") -> Line:
    return Line(sku=sku, category=category, quantity=Decimal(quantity), unit_price_minor=amount)


@dataclass(slots=True)
class CheckoutHouse(LedgerHouse):
    """Everything a till does, at the time of the house's clock."""

    async def quote(self, who: Enrolment, *lines: Line, points: int = 0, till: Till | None = None) -> Quote:
        basket = Basket(lines=lines, currency="RUB", points_to_redeem=points)
        return await QuotePurchase(self.store, self.clock, secrets.token_bytes)(till or self.till, who.card.id, basket)

    async def hold(self, quote: Quote, *, till: Till | None = None) -> Quote:
        return await HoldQuote(self.store, self.clock)(till or self.till, quote.id)

    async def release(self, quote: Quote) -> Quote:
        return await ReleaseHold(self.store, self.clock)(self.till, quote.id)

    def settlement(self, quote: Quote, *, order: str = "Q-1", lines: Sequence[Line] | None = None) -> QuoteSettlement:
        at = self.clock()
        return QuoteSettlement(
            quote_id=quote.id,
            order_ref=order,
            business_day=business_day(at, self.till.outlet.zone),
            at=at,
            lines=None if lines is None else tuple(lines),
            body_digest=f"{quote.id}:{order}:{lines}",
        )

    async def settle_quote(self, settlement: QuoteSettlement, *, till: Till | None = None) -> Receipt | Quote:
        return await SettleQuote(self.store, self.clock, secrets.token_bytes)(till or self.till, settlement)

    async def honour(self, quote: Quote, **changes: object) -> Receipt:
        """Settle a quote that has to be honoured."""
        settled = await self.settle_quote(replace(self.settlement(quote), **changes))  # type: ignore[arg-type] # the test names fields
        assert isinstance(settled, Receipt)
        return settled

    async def refuse(self, settlement: QuoteSettlement) -> Quote:
        """Settle a quote that cannot be honoured; gives the fresh one."""
        fresh = await self.settle_quote(settlement)
        assert isinstance(fresh, Quote)
        assert fresh.id != settlement.quote_id
        return fresh

    async def sell(
        self, who: Enrolment, *lines: Line, order: str = "S-1", points: int = 0, at: datetime | None = None
    ) -> Receipt:
        """Settle a whole basket at once, or one that was sold earlier."""
        return await self.settle(self.purchase(who, *lines, order=order, points=points, at=at))

    async def settle(self, purchase: Purchase) -> Receipt:
        return await self.settle_at(self.till, purchase)

    async def settle_at(self, till: Till, purchase: Purchase) -> Receipt:
        return await SettlePurchase(self.store, self.clock, secrets.token_bytes)(till, purchase)

    def purchase(
        self, who: Enrolment, *lines: Line, order: str = "S-1", points: int = 0, at: datetime | None = None
    ) -> Purchase:
        sold_at = at or self.clock()
        return Purchase(
            card_id=who.card.id,
            order_ref=order,
            business_day=business_day(sold_at, self.till.outlet.zone),
            lines=lines,
            currency="RUB",
            points_to_redeem=points,
            at=sold_at,
            body_digest=f"{order}:{points}:{lines}",
        )

    async def bring_back(
        self, receipt: Receipt, *goods: GoodsBack, ref: str = "R-1", key: str | None = None, till: Till | None = None
    ) -> Return:
        """Return some goods, or with none everything that is left."""
        request = ReturnRequest(return_ref=ref, goods=goods or None, body_digest=f"{ref}:{goods}", idempotency_key=key)
        return await ReturnPurchase(self.store, self.clock)(till or self.till, receipt.id, request)

    async def now(self, receipt: Receipt) -> Receipt:
        """Give the receipt as it stands now."""
        found = await self.store.reading.receipts.get(receipt.outlet_id, receipt.id)
        assert found is not None
        return found

    async def quote_now(self, quote_id: QuoteId) -> Quote:
        found = await self.store.reading.quotes.get(self.till.outlet.id, quote_id)
        assert found is not None
        return found


async def open_checkout_house(store: Store, clock: SettableClock, terms: Terms = TERMS) -> CheckoutHouse:
    opened = await open_ledger_house(store, clock, terms)
    return CheckoutHouse(opened.store, opened.clock, opened.programme)
