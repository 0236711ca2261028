"""Try offers: what a basket would cost and give, decided as at a till, and nothing of it kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from offers.engine.decide import decide
from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.engine.rule_faults import faults_of
from offers.flows.decide_purchase import find_facts
from offers.flows.find_active_card import find_active_card
from offers.flows.find_limits import FindLimits
from offers.flows.find_names import ProgrammeNames, find_names
from offers.flows.find_rulebook import find_rulebook
from offers.model.clock import Clock
from offers.model.decision import Basket, Decision
from offers.model.facts import Facts, Limited, ShownCode
from offers.model.ids import CardId, KeyId, OfferId
from offers.model.ledger import POINTS
from offers.model.programme import Outlet, Programme, Till
from offers.model.rule_errors import InvalidRules, RuleFault
from offers.model.rules import Rules
from offers.model.take import taker_at
from offers.store.store import Store

_NO_KEY = KeyId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A basket at an outlet, by id or slug; None is the first one. Either a card tells about the member, or `facts` do.

    `codes` are taken for shown and in order. `rules` stand in for those of the programme; `at` None is now.
    """

    basket: Basket
    facts: Facts
    card_id: CardId | None = None
    outlet: str | None = None
    at: datetime | None = None
    codes: Mapping[OfferId, ShownCode] = field(default_factory=dict)
    rules: Rules | None = None


@dataclass(frozen=True, slots=True)
class TryOffers:
    """Reads only. Raises InvalidRules, UnknownCard, CardNotActive and what `decide` raises."""

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, trial: Trial) -> Decision:
        known = await find_names(self.store.reading, programme)
        outlet, at = _outlet(known, trial.outlet), trial.at or self.clock()
        ready = await self._rulebook(programme, trial.rules, known)
        facts = await self._facts(programme, outlet, trial, ready, at)
        return decide(ready, replace(facts, codes=trial.codes), trial.basket, at)

    async def _rulebook(self, programme: Programme, rules: Rules | None, known: ProgrammeNames) -> ReadyRulebook:
        if rules is None:
            return await find_rulebook(self.store.reading, programme)
        if faults := list(faults_of(rules, known.names)):
            raise InvalidRules(faults)
        return make_ready(known.by_id(rules).rulebook(programme))

    async def _facts(
        self, programme: Programme, outlet: Outlet, trial: Trial, ready: ReadyRulebook, at: datetime
    ) -> Facts:
        if trial.card_id is None:
            return replace(trial.facts, outlet_id=outlet.id, zone=outlet.zone)
        reading = self.store.reading
        till = Till(programme=programme, outlet=outlet, key_id=_NO_KEY)
        _, member = await find_active_card(reading, till, trial.card_id)
        account = await reading.accounts.find(member.id, POINTS)
        offers = [offer.code for offer in ready.rulebook.offers]
        left = await FindLimits(self.store, self.clock).remaining(taker_at(till, member.id), offers) if offers else {}
        return await find_facts(reading, till, member, Limited(remaining=left), ready=ready, account=account, at=at)


def _outlet(known: ProgrammeNames, name: str | None) -> Outlet:
    outlet = known.outlets.get(name) if name else next(iter(known.outlets.values()), None)
    if outlet is None:
        raise InvalidRules([RuleFault(pointer="/outlet", code="unknown_outlet", facts={"word": name or ""})])
    return outlet
