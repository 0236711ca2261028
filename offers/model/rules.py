"""Rules: what staff writes for a programme, and the versions a rule had."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from offers.model.goods import GoodsTag
from offers.model.ids import ProgrammeId
from offers.model.offer import Offer, OfferState
from offers.model.personal import Template
from offers.model.programme import Programme
from offers.model.rulebook import Guards, OfferGroup, Rulebook

MAX_OFFERS = 1_000
"""Of one programme, archived ones included."""
Rule = TypeVar("Rule", Offer, Template)
"""What staff writes by a code of its own, and what is kept in versions."""
_OF_THE_RULEBOOK = {OfferState.ACTIVE, OfferState.PAUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Offers, the groups they compete in, the tags of goods, the guards. `edition` counts the changes; 0 is empty.

    `templates` are those of personal offers: each stands for an offer that only coupons of its own give.
    """

    programme_id: ProgrammeId
    edition: int = 0
    offers: tuple[Offer, ...] = ()
    groups: tuple[OfferGroup, ...] = ()
    goods_tags: tuple[GoodsTag, ...] = ()
    guards: Guards = field(default_factory=Guards)
    templates: tuple[Template, ...] = ()

    def template(self, code: str) -> Template | None:
        return next((template for template in self.templates if template.code == code), None)

    def offer(self, code: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.code == code), None)

    def with_offer(self, offer: Offer) -> "Rules":
        """Put an offer where the one of its code stands, or behind the others."""
        return replace(self, offers=_put(self.offers, offer))

    def with_template(self, template: Template) -> "Rules":
        """Put a template where the one of its code stands, or behind the others."""
        return replace(self, templates=_put(self.templates, template))

    def rulebook(self, programme: Programme) -> Rulebook:
        """Give the rulebook they make with the programme's terms; drafts and what was archived are no part of it."""
        personal = (offer for template in self.templates if (offer := template.offer()))
        return Rulebook(
            programme_id=programme.id,
            currency=programme.currency,
            terms=programme.terms,
            offers=(*(offer for offer in self.offers if offer.state in _OF_THE_RULEBOOK), *personal),
            groups=self.groups,
            goods_tags=self.goods_tags,
            guards=self.guards,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion(Generic[Rule]):
    """A rule as it was written once, when and by whom. Versions are kept for ever: receipts and coupons name them."""

    rule: Rule
    at: datetime
    staff_id: str


def _put(rules: tuple[Rule, ...], rule: Rule) -> tuple[Rule, ...]:
    """Keep the order: what is replaced leaves its place to what replaces it, and what is new comes last."""
    by_code = {other.code: other for other in rules} | {rule.code: rule}
    return tuple(by_code.values())
