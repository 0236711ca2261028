"""Change the rules of a programme: one of them, its state, the parts around them, or the whole as a text has it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.rule_changes import RulesChange, change_to
from offers.engine.rule_faults import Names, faults_of
from offers.flows.find_names import find_names
from offers.flows.rule_kinds import RuleKind
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.errors import Busy, SlugTaken
from offers.model.goods import GoodsTag
from offers.model.offer import OfferState
from offers.model.personal import MAX_TEMPLATES
from offers.model.personal_errors import TooManyTemplates
from offers.model.programme import Programme
from offers.model.rule_errors import InvalidRules, RuleFault, TooManyOffers, VersionConflict
from offers.model.rulebook import Guards, OfferGroup
from offers.model.rules import MAX_OFFERS, Rule, Rules
from offers.store.store import Store
from offers.store.work import Work

NEW = 0
"""As the version to replace: there must be none yet."""

Edit = Callable[[Rules, Names], Rules]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What stands around the offers; None leaves it as it is."""

    groups: tuple[OfferGroup, ...] | None = None
    goods_tags: tuple[GoodsTag, ...] | None = None
    guards: Guards | None = None


@dataclass(frozen=True, slots=True)
class ChangeOffers:
    """Every change is whole: rules, versions and the audit's line in one transaction, on the edition that was read.

    What is the same already is not written again. Outlets may be called by their slugs and are kept by their ids.
    Raises InvalidRules, VersionConflict, TooManyOffers, RulesTooLarge, Busy.
    """

    store: Store
    clock: Clock

    async def put(
        self,
        programme: Programme,
        kind: RuleKind[Rule],
        rule: Rule,
        *,
        staff_id: str,
        instead_of_version: int | None = None,
    ) -> RulesChange:
        """Write a version of a rule: the next one, when it differs from the last. `NEW` refuses one that exists.

        Raises SlugTaken and, by the kind, UnknownOffer or UnknownTemplate too.
        """

        def put_it(rules: Rules, names: Names) -> Rules:
            _check_version(kind, rules, rule.code, instead_of_version)
            return _with(kind, rules, rule, names)

        return await self._change(programme, put_it, staff_id=staff_id, subject=rule.code)

    async def set_state(
        self,
        programme: Programme,
        kind: RuleKind[Rule],
        code: str,
        state: OfferState,
        *,
        staff_id: str,
        instead_of_version: int | None = None,
    ) -> RulesChange:
        """Activate, pause or archive a rule, or make it a draft again. Raises UnknownOffer or UnknownTemplate too."""

        def set_it(rules: Rules, names: Names) -> Rules:
            _check_version(kind, rules, code, instead_of_version)
            return _with(kind, rules, replace(kind.get(rules, code), state=state), names)

        return await self._change(programme, set_it, staff_id=staff_id, subject=code)

    async def set_parts(
        self, programme: Programme, parts: Parts, *, staff_id: str, instead_of_edition: int | None = None
    ) -> RulesChange:
        """Write groups, goods tags or guards. What an offer still names cannot be taken away."""

        def set_them(rules: Rules, names: Names) -> Rules:
            _check_edition(rules, instead_of_edition)
            wanted = replace(
                rules,
                groups=rules.groups if parts.groups is None else parts.groups,
                goods_tags=rules.goods_tags if parts.goods_tags is None else parts.goods_tags,
                guards=parts.guards or rules.guards,
            )
            known = {(fault.pointer, fault.code) for fault in faults_of(rules, names)}
            new = [fault for fault in faults_of(wanted, names) if (fault.pointer, fault.code) not in known]
            _refuse([_in_part(fault, wanted, parts) for fault in new])
            return wanted

        return await self._change(programme, set_them, staff_id=staff_id)

    async def load(
        self,
        programme: Programme,
        rules: Rules,
        *,
        staff_id: str,
        dry_run: bool = False,
        instead_of_edition: int | None = None,
    ) -> RulesChange:
        """Make the rules what a text says; offers it leaves out are archived. A dry run tells, and keeps nothing."""

        def load_all(kept: Rules, names: Names) -> Rules:
            _check_edition(kept, instead_of_edition)
            _refuse(list(faults_of(rules, names)))
            return rules

        return await self._change(programme, load_all, staff_id=staff_id, dry_run=dry_run)

    async def _change(
        self, programme: Programme, edit: Edit, *, staff_id: str, subject: str | None = None, dry_run: bool = False
    ) -> RulesChange:
        async def change(work: Work) -> RulesChange:
            kept = await work.rulebooks.get(programme.id)
            known = await find_names(work, programme)
            planned = change_to(known.by_id(edit(kept, known.names)), kept)
            if len(planned.after.offers) > MAX_OFFERS:
                raise TooManyOffers(limit=MAX_OFFERS)
            if len(planned.after.templates) > MAX_TEMPLATES:
                raise TooManyTemplates(limit=MAX_TEMPLATES)
            if not (dry_run or planned.is_empty):
                await _keep(work, planned, staff_id=staff_id, subject=subject, at=self.clock())
            return planned

        return await self.store.transact(change)


async def _keep(work: Work, change: RulesChange, *, staff_id: str, subject: str | None, at: datetime) -> None:
    if not await work.rulebooks.keep(change.after, at=at):
        raise Busy(retry_after_s=1)
    await work.offer_versions.add(change.versions, at=at, staff_id=staff_id)
    await work.template_versions.add(change.templates, at=at, staff_id=staff_id)
    facts: dict[str, int | str] = {"edition": change.after.edition}
    if subject and (rule := change.after.offer(subject) or change.after.template(subject)):
        facts |= {"version": rule.version, "state": rule.state.value}
    else:
        facts |= {"added": len(change.added), "changed": len(change.changed), "archived": len(change.archived)}
        facts |= {"parts": ",".join(change.parts)}
    await work.audit.append(
        change.after.programme_id,
        AuditAction.OFFER_CHANGED if subject else AuditAction.RULEBOOK_CHANGED,
        staff_id=staff_id,
        subject=subject or "rulebook",
        facts=facts,
        at=at,
    )


def _with(kind: RuleKind[Rule], rules: Rules, rule: Rule, names: Names) -> Rules:
    """Put a rule among the others. Raises InvalidRules; of one that is archived nothing is asked."""
    wanted = kind.put(rules, rule)
    if rule.state is not OfferState.ARCHIVED:
        _refuse(list(kind.faults(rule, wanted, names)))
    return wanted


def _in_part(fault: RuleFault, rules: Rules, parts: Parts) -> RuleFault:
    """Point into the part that was sent; what goes wrong elsewhere by it is said of the part as a whole."""
    _, name, *rest = fault.pointer.split("/")
    if getattr(parts, name, None) is not None:
        return replace(fault, pointer="/" + "/".join(rest if name == "guards" else [name, *rest]))
    subject = rules.offers[int(rest[0])].code if name == "offers" else name
    return RuleFault(pointer="", code="still_used", facts={"by": subject, "place": fault.pointer})


def _refuse(faults: list[RuleFault]) -> None:
    if faults:
        raise InvalidRules(faults)


def _check_version(kind: RuleKind[Rule], rules: Rules, code: str, expected: int | None) -> None:
    rule = kind.find(rules, code)
    if expected is None or expected == (rule.version if rule else NEW):
        return
    if rule is None:
        raise kind.unknown(code)
    if expected == NEW:
        raise SlugTaken(slug=code)
    raise VersionConflict(expected=expected, current=rule.version)


def _check_edition(rules: Rules, expected: int | None) -> None:
    if expected is not None and expected != rules.edition:
        raise VersionConflict(expected=expected, current=rules.edition)
