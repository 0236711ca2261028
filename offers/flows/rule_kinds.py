"""The two kinds of rules that staff writes, and how they differ: offers, and templates of personal offers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic

from offers.engine.rule_faults import Names, faults_of_offer, faults_of_template
from offers.model.errors import OfferError
from offers.model.offer import Offer
from offers.model.personal import Template
from offers.model.personal_errors import UnknownTemplate, UnknownTemplateVersion
from offers.model.rule_errors import RuleFault, UnknownOffer, UnknownOfferVersion
from offers.model.rules import Rule, Rules
from offers.store.rule_versions import RuleVersions
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind(Generic[Rule]):
    """How a rule is found by its code, put among the others and judged; where its versions are; how it is missed."""

    find: Callable[[Rules, str], Rule | None]
    put: Callable[[Rules, Rule], Rules]
    faults: Callable[[Rule, Rules, Names], Iterator[RuleFault]]
    versions: Callable[[Work], RuleVersions[Rule]]
    unknown: Callable[[str], OfferError]
    unknown_version: Callable[[str, int], OfferError]

    def get(self, rules: Rules, code: str) -> Rule:
        """Give a rule as it stands. Raises UnknownOffer, or UnknownTemplate."""
        rule = self.find(rules, code)
        if rule is None:
            raise self.unknown(code)
        return rule


OFFER: RuleKind[Offer] = RuleKind(
    find=Rules.offer,
    put=Rules.with_offer,
    faults=faults_of_offer,
    versions=lambda work: work.offer_versions,
    unknown=lambda code: UnknownOffer(offer=code),
    unknown_version=lambda code, number: UnknownOfferVersion(offer=code, version=number),
)
TEMPLATE: RuleKind[Template] = RuleKind(
    find=Rules.template,
    put=Rules.with_template,
    faults=faults_of_template,
    versions=lambda work: work.template_versions,
    unknown=lambda code: UnknownTemplate(template=code),
    unknown_version=lambda code, number: UnknownTemplateVersion(template=code, version=number),
)
