"""The member's standing discount as a contender: the discount level held, or what was agreed with the member."""

from dataclasses import dataclass, replace

from offers.engine.benefits import money_off
from offers.engine.lanes import Applied, Contender, Lost, Nothing, Outcome
from offers.engine.levels import level_of
from offers.engine.screening import Says
from offers.engine.standing_terms import gives_way
from offers.engine.tally import Block, Ceiling, Holder
from offers.engine.verdicts import block_facts, cut_facts, lost_facts
from offers.model.benefit import Percent
from offers.model.facts import Facts
from offers.model.goods import EVERYTHING
from offers.model.member import OwnTerms
from offers.model.offer import LEVELS_TAG, Lane, Limits
from offers.model.programme import DiscountLevel, Terms
from offers.model.purchase import ExplainCode, Explanation
from offers.model.rulebook import Guards

OWN = "own"
_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDiscount:
    """What the member has without any offer. `own` are terms agreed with the member, if they hold now."""

    terms: Terms
    level: DiscountLevel | None
    own: OwnTerms | None
    spend_minor: int

    @property
    def own_discount_bp(self) -> int | None:
        return self.own.discount_bp if self.own else None

    @property
    def discount_bp(self) -> int:
        if self.own_discount_bp is not None:
            return self.own_discount_bp
        return self.level.discount_bp if self.level else 0

    def contender(self, guards: Guards) -> Contender | None:
        if self.own_discount_bp is not None:
            holder = Holder(id=OWN)
        elif self.level is not None:
            holder = Holder(id=f"level:{self.level.key}", ru=self.level.name.ru, en=self.level.name.en)
        else:
            return None
        benefit = Percent(bp=self.discount_bp)
        return Contender(
            holder=holder,
            priority=0,
            benefit=benefit,
            propose=money_off(benefit),
            goods=EVERYTHING,
            limits=_NO_LIMITS,
            tags=(LEVELS_TAG,),
            excludes=guards.level_excludes,
        )

    @property
    def _why(self) -> Says:
        """Say what the own discount follows, where it follows anything."""
        why = self.own.activity if self.own else None
        if why is None:
            return {}
        return {"activity": why.measure.value, "activity_value": why.value, "activity_days": why.days}

    def explain(self, outcome: Outcome | None) -> list[Explanation]:
        """Give one line for the own discount, if there is one, and one for every level."""
        lines = []
        if self.own_discount_bp is not None:
            lines.append(_said(_OWN_CODES, {"discount_bp": self.own_discount_bp, **self._why}, outcome))
        if not self.terms.levels:
            return lines or [Explanation(code=ExplainCode.NO_LEVELS, applied=False, facts={})]
        return [*lines, *(self._level_line(level, outcome) for level in self.terms.levels)]

    def _level_line(self, level: DiscountLevel, outcome: Outcome | None) -> Explanation:
        facts: Says = {"level_ru": level.name.ru, "level_en": level.name.en, "discount_bp": level.discount_bp}
        if level == self.level and self.own_discount_bp is None:
            return _said(_LEVEL_CODES, facts, outcome)
        if level == self.level:
            replaced = {**facts, **self._why}
            return Explanation(code=ExplainCode.LEVEL_REPLACED, applied=False, facts=replaced)
        if self.level is None or level.spend_threshold_minor > self.level.spend_threshold_minor:
            facts["missing_minor"] = max(0, level.spend_threshold_minor - self.spend_minor)
            return Explanation(code=ExplainCode.LEVEL_NOT_REACHED, applied=False, facts=facts)
        return Explanation(code=ExplainCode.LEVEL_OUTDONE, applied=False, facts=facts)


_Codes = tuple[ExplainCode, ExplainCode, ExplainCode, ExplainCode]
_LEVEL_CODES: _Codes = (
    ExplainCode.LEVEL_APPLIED,
    ExplainCode.LEVEL_CAPPED,
    ExplainCode.LEVEL_LOST,
    ExplainCode.LEVEL_EXCLUDED,
)
_OWN_CODES: _Codes = (
    ExplainCode.OWN_DISCOUNT_APPLIED,
    ExplainCode.OWN_DISCOUNT_CAPPED,
    ExplainCode.OWN_DISCOUNT_LOST,
    ExplainCode.OWN_DISCOUNT_EXCLUDED,
)


def standing_discount(terms: Terms, facts: Facts, own: OwnTerms | None) -> StandingDiscount:
    """Tell which level is held: the one kept for the member, else the one the spend has reached.

    An own discount that follows activity gives way to a level that is as deep.
    """
    if facts.held_level is None:
        level = level_of(terms, facts.spend_minor)
    else:
        key = facts.held_level.level
        level = next((each for each in terms.levels if each.key == key), None)
    if own is not None and gives_way(terms, own, level):
        own = replace(own, discount_bp=None)
    return StandingDiscount(terms=terms, level=level, own=own, spend_minor=facts.spend_minor)


def _said(codes: _Codes, facts: Says, outcome: Outcome | None) -> Explanation:
    """Tell what became of the discount. One that rounds to nothing was applied all the same."""
    applied, capped, lost, excluded = codes
    match outcome:
        case Applied(bid=bid) if bid.fit.cut:
            cut = {"discount_minor": bid.amount, **cut_facts(bid.fit.cut)}
            return Explanation(code=capped, applied=True, facts={**facts, **cut})
        case Applied(bid=bid):
            return Explanation(code=applied, applied=True, facts={**facts, "discount_minor": bid.amount})
        case Lost():
            theirs = lost_facts(outcome, Lane.LOYALTY_DISCOUNT)
            return Explanation(code=lost, applied=False, facts={**facts, **theirs})
        case Block():
            return Explanation(code=excluded, applied=False, facts={**facts, **block_facts(outcome)})
        case Nothing(cut=Ceiling() as limit):
            cut = {"discount_minor": 0, **cut_facts(limit)}
            return Explanation(code=capped, applied=False, facts={**facts, **cut})
        case _:
            return Explanation(code=applied, applied=True, facts={**facts, "discount_minor": 0})
