"""The office of a programme: whoever writes its offers, in tests on the real MongoDB."""

from dataclasses import replace

from offers.engine.rule_changes import RulesChange
from offers.flows.change_offers import ChangeOffers
from offers.flows.look_at_offers import LookAtOffers
from offers.flows.rule_kinds import OFFER
from offers.model.benefit import Percent
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import LocalText
from offers.model.rules import Rules
from tests.ledger_house import LedgerHouse

STAFF = "anna"


class Office:
    """Changes the offers of the house's programme, by one person."""

    def __init__(self, house: LedgerHouse) -> None:
        self.programme = house.till.programme
        self.outlet = house.till.outlet
        self.store = house.store
        self.change = ChangeOffers(house.store, house.clock)
        self.look = LookAtOffers(house.store)

    def offer(self, code: str = "a", bp: int = 1_000, **rest: object) -> Offer:
        plain = Offer(
            id=offer_id(self.programme.id, code),
            programme_id=self.programme.id,
            version=1,
            code=code,
            title=LocalText(ru="Акция", en="Offer"),
            lane=Lane.PRICE,
            benefit=Percent(bp=bp),
        )
        return replace(plain, **rest)  # type: ignore[arg-type] # the test names fields

    async def put(self, offer: Offer, version: int | None = None) -> RulesChange:
        return await self.change.put(self.programme, OFFER, offer, staff_id=STAFF, instead_of_version=version)

    async def load(self, *offers: Offer, dry_run: bool = False, **rest: object) -> RulesChange:
        rules = replace(Rules(programme_id=self.programme.id, offers=offers), **rest)  # type: ignore[arg-type] # as above
        return await self.change.load(self.programme, rules, staff_id=STAFF, dry_run=dry_run)

    async def rules(self) -> Rules:
        return await self.look.rules(self.programme.id)

    async def audit(self) -> list[tuple[str, str, dict[str, int | str]]]:
        lines = await self.store.reading.audit.last(self.programme.id)
        return [(line.action, line.subject, line.facts) for line in reversed(lines)]
