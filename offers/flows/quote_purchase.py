"""Quote a purchase: what a basket costs and gives now, kept as a price that is honoured for a while."""

from dataclasses import dataclass, replace

from offers.engine.code_rights import check_rights, wish_of
from offers.engine.decide import decide
from offers.engine.holds import free
from offers.engine.lots import available
from offers.engine.quotes import QUOTE_TTL, UNSETTLED_KEPT, digest_of
from offers.flows.decide_purchase import decide_as_far_as_possible, find_facts
from offers.flows.find_active_card import find_card_and_rules
from offers.flows.find_limits import FindLimits
from offers.flows.find_rulebook import find_rulebook
from offers.flows.honour_code import see_code, spendable_points
from offers.model.clock import Clock
from offers.model.decision import Basket
from offers.model.ids import CardId, Chance, QuoteId, new_id
from offers.model.ledger import POINTS
from offers.model.programme import Till
from offers.model.quote import Quote
from offers.model.showing import STATICALLY, Showing
from offers.model.take import taker_at
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class QuotePurchase:
    """Price a basket and keep the price. Nothing is reserved: `HoldQuote` does that.

    The code the card is shown by has to be allowed to do what the basket asks for; a rotating one has to be shown now,
    or to have been read at this outlet within the last half hour. Raises UnknownCard, CardReplaced, CardNotActive,
    RotatingCodeNeeded, NotByCode, CodeDailyLimit, CodeOutOfDate, CodeUsed and whatever `FindLimits` and `decide` raise.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, till: Till, card_id: CardId, basket: Basket, shown: Showing = STATICALLY) -> Quote:
        await see_code(self.store.reading, till.programme, card_id, shown, outlet_id=till.outlet.id, at=self.clock())
        return await self._quote(till, card_id, basket, shown, as_far_as_possible=False)

    async def anew(self, till: Till, card_id: CardId, basket: Basket, shown: Showing = STATICALLY) -> Quote:
        """Price again what could not be honoured: with as many of the points asked for as may be spent now."""
        return await self._quote(till, card_id, basket, shown, as_far_as_possible=True)

    async def _quote(
        self, till: Till, card_id: CardId, basket: Basket, shown: Showing, *, as_far_as_possible: bool
    ) -> Quote:
        reading, at = self.store.reading, self.clock()
        card, member, rules_digest = await find_card_and_rules(reading, till, card_id)
        account = await reading.accounts.find(member.id, POINTS)
        ready = await find_rulebook(reading, till.programme, rules_digest)
        limited = await FindLimits(self.store, self.clock)(ready, taker_at(till, member.id), basket.codes)
        points = await spendable_points(
            reading,
            till.programme,
            card.id,
            shown,
            free(account, at) if account else 0,
            asked=0 if as_far_as_possible else basket.points_to_redeem,
            at=at,
        )
        facts = await find_facts(reading, till, member, limited, ready=ready, account=account, points=points, at=at)
        decision = (decide_as_far_as_possible if as_far_as_possible else decide)(ready, facts, basket, at)
        check_rights(till.programme.terms.codes, shown, wish_of(decision))
        quote = Quote(
            id=QuoteId(new_id(at, self.chance)),
            programme_id=till.programme.id,
            outlet_id=till.outlet.id,
            member_id=member.id,
            card_id=card.id,
            basket=replace(basket, points_to_redeem=decision.points_redeemed),
            decision=decision,
            digest=digest_of(decision),
            balance=available(account, at) if account else 0,
            made_at=at,
            expires_at=at + QUOTE_TTL,
            forget_at=at + UNSETTLED_KEPT,
            shown=shown,
        )
        await reading.quotes.add(quote)
        return quote
