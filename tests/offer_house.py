"""A programme with offers of its own: their rulebook, coupons, codes and budgets, and a checkout that uses them."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.set_budget import SetBudget
from offers.model.benefit import Benefit, Percent
from offers.model.budget import Budget, BudgetId, Measure
from offers.model.coupon import Binding, Every, Recurrence
from offers.model.decision import Basket
from offers.model.ids import MemberId
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import LocalText
from offers.model.purchase import ExplainCode, Line, Purchase, Receipt
from offers.model.quote import Quote
from offers.model.take import Refill, Taker
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse
from tests.clock import SettableClock
from tests.ledger_house import LedgerHouse, open_ledger_house

TENTH = Percent(bp=1_000)


@dataclass(slots=True)
class OfferHouse(CheckoutHouse):
    """Everything a test of offers at the till does, at the time of the house's clock."""

    def offer(self, code: str, benefit: Benefit = TENTH, *, lane: Lane = Lane.PRICE, **fields: Any) -> Offer:
        return Offer(
            id=offer_id(self.programme.id, code),
            programme_id=self.programme.id,
            version=1,
            code=code,
            title=LocalText(ru=f"Акция {code}", en=f"Offer {code}"),
            lane=lane,
            benefit=benefit,
            **fields,
        )

    async def write(self, *offers: Offer) -> None:
        """Put the rulebook in force that has these offers."""
        kept = await self.store.reading.rulebooks.get(self.programme.id)
        rules = replace(kept, edition=kept.edition + 1, offers=offers)
        assert await self.store.reading.rulebooks.keep(rules, at=self.clock())

    async def budget(self, code: str, cap: int, *, measure: Measure = Measure.USES, **fields: Any) -> Budget:
        asked = Budget(
            id=BudgetId(""),
            programme_id=self.programme.id,
            owner=f"offer:{code}",
            name=code,
            measure=measure,
            cap=cap,
            zone="UTC",
            created_at=self.clock(),
            refill=Refill.ALWAYS,
            **fields,
        )
        return await SetBudget(self.store, self.clock, secrets.token_bytes).add(asked)

    async def left(self, budget: Budget, member_id: MemberId | None = None) -> int:
        taker = Taker(programme_id=self.programme.id, member_id=member_id, outlet_id=self.till.outlet.id)
        (sight,) = await LookAtBudgets(self.store, self.clock).left_of([budget], taker)
        return sight.left

    async def leaks(self) -> list[str]:
        """Name the pockets whose cap is not what remains and what is out."""
        proofs = LookAtBudgets(self.store, self.clock).prove()
        return [proof.pocket async for proof in proofs if not proof.is_whole]

    async def coupon(self, code: str, owner: MemberId | None = None) -> str:
        grant = Grant(
            programme_id=self.programme.id,
            owner=owner,
            grant_key=secrets.token_hex(4),
            binding=Binding.HARD if owner else Binding.NONE,
            offer_id=code,
            campaign=None,
            title=LocalText(ru="Купон", en="Coupon"),
            recurrence=Recurrence(every=Every.ONCE, zone="UTC"),
        )
        return (await GrantCoupon(self.store, self.clock, secrets.token_bytes)(grant)).id

    async def voucher(self, code: str, *, uses: int = 1) -> str:
        wish = BatchWish(
            programme_id=self.programme.id,
            campaign="c",
            offer_id=code,
            asked=1,
            uses_per_code=uses,
            refill=Refill.ALWAYS,
        )
        _, (made,) = await MakeCodes(self.store, self.clock, secrets.token_bytes).at_once(wish)
        return made

    async def quote_with(self, card_of: Any, *lines: Line, codes: tuple[str, ...] = (), points: int = 0) -> Quote:
        basket = Basket(lines=lines, currency="RUB", points_to_redeem=points, codes=codes)
        return await QuotePurchase(self.store, self.clock, secrets.token_bytes)(self.till, card_of.card.id, basket)

    def sale(self, who: Any, *lines: Line, order: str, codes: tuple[str, ...] = (), points: int = 0) -> Purchase:
        return replace(self.purchase(who, *lines, order=order, points=points), codes=codes)


def reasons(told: Receipt | Quote) -> dict[str, ExplainCode]:
    """Give what was said of each offer, by its code."""
    lines = told.explain if isinstance(told, Receipt) else told.decision.explain
    return {str(line.facts["offer_id"]).rpartition(".")[2]: line.code for line in lines if "offer_id" in line.facts}


async def open_offer_house(store: Store, clock: SettableClock) -> OfferHouse:
    opened: LedgerHouse = await open_ledger_house(store, clock)
    return OfferHouse(opened.store, opened.clock, opened.programme)
