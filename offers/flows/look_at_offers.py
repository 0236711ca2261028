"""Look at the offers of a programme: the rules that stand, and every version an offer had."""

from dataclasses import dataclass

from offers.model.ids import ProgrammeId
from offers.model.offer import Offer, offer_id
from offers.model.rule_errors import UnknownOffer, UnknownOfferVersion
from offers.model.rules import Rules, RuleVersion
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtOffers:
    store: Store

    async def rules(self, programme_id: ProgrammeId) -> Rules:
        return await self.store.reading.rulebooks.get(programme_id)

    async def offer(self, programme_id: ProgrammeId, code: str) -> Offer:
        """Give an offer as it stands. Raises UnknownOffer."""
        offer = (await self.rules(programme_id)).offer(code)
        if offer is None:
            raise UnknownOffer(offer=code)
        return offer

    async def versions(
        self, programme_id: ProgrammeId, code: str, *, before: int | None = None
    ) -> list[RuleVersion[Offer]]:
        """Give up to a hundred versions, newest first. Raises UnknownOffer."""
        await self.offer(programme_id, code)
        return await self.store.reading.offer_versions.latest(offer_id(programme_id, code), before=before)

    async def version(self, programme_id: ProgrammeId, code: str, number: int) -> RuleVersion[Offer]:
        """Give one version. Raises UnknownOffer, UnknownOfferVersion."""
        await self.offer(programme_id, code)
        found = await self.store.reading.offer_versions.find(offer_id(programme_id, code), number)
        if found is None:
            raise UnknownOfferVersion(offer=code, version=number)
        return found
