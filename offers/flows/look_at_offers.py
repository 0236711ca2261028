"""Look at the offers of a programme: the rules that stand, and every version a rule had."""

from dataclasses import dataclass

from offers.flows.rule_kinds import RuleKind
from offers.model.ids import ProgrammeId
from offers.model.offer import offer_id
from offers.model.rules import Rule, Rules, RuleVersion
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtOffers:
    """Reads only. Who asks for a rule that is not there hears UnknownOffer, or UnknownTemplate."""

    store: Store

    async def rules(self, programme_id: ProgrammeId) -> Rules:
        return await self.store.reading.rulebooks.get(programme_id)

    async def rule(self, programme_id: ProgrammeId, kind: RuleKind[Rule], code: str) -> Rule:
        """Give a rule as it stands."""
        return kind.get(await self.rules(programme_id), code)

    async def versions(
        self, programme_id: ProgrammeId, kind: RuleKind[Rule], code: str, *, before: int | None = None
    ) -> list[RuleVersion[Rule]]:
        """Give up to a hundred versions, newest first."""
        rule = await self.rule(programme_id, kind, code)
        return await kind.versions(self.store.reading).latest(offer_id(programme_id, rule.code), before=before)

    async def version(
        self, programme_id: ProgrammeId, kind: RuleKind[Rule], code: str, number: int
    ) -> RuleVersion[Rule]:
        """Give one version. Raises UnknownOfferVersion, or UnknownTemplateVersion too."""
        rule = await self.rule(programme_id, kind, code)
        found = await kind.versions(self.store.reading).find(offer_id(programme_id, rule.code), number)
        if found is None:
            raise kind.unknown_version(code, number)
        return found
