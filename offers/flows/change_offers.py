"""Change the offers of a programme: one offer, its state, the parts around them, or the whole as a text has it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.rule_changes import RulesChange, change_to
from offers.engine.rule_faults import Names, faults_of, faults_of_offer, faults_of_template
from offers.flows.find_names import find_names
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.errors import Busy, SlugTaken
from offers.model.goods import GoodsTag
from offers.model.offer import Offer, OfferState
from offers.model.personal import MAX_TEMPLATES, Template
from offers.model.personal_errors import TooManyTemplates, UnknownTemplate
from offers.model.programme import Programme
from offers.model.rule_errors import InvalidRules, RuleFault, TooManyOffers, UnknownOffer, VersionConflict
from offers.model.rulebook import Guards, OfferGroup
from offers.model.rules import MAX_OFFERS, Rules
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

    async def put_offer(
        self, programme: Programme, offer: Offer, *, staff_id: str, instead_of_version: int | None = None
    ) -> RulesChange:
        """Write a version of an offer: the next one, when it differs from the last. `NEW` refuses one that exists.

        Raises SlugTaken, UnknownOffer too.
        """

        def put(rules: Rules, names: Names) -> Rules:
            _check_version(rules, offer.code, instead_of_version)
            return _with_offer(rules, offer, names)

        return await self._change(programme, put, staff_id=staff_id, subject=offer.code)

    async def set_state(
        self,
        programme: Programme,
        code: str,
        state: OfferState,
        *,
        staff_id: str,
        instead_of_version: int | None = None,
    ) -> RulesChange:
        """Activate, pause or archive an offer, or make it a draft again. Raises UnknownOffer too."""

        def set_it(rules: Rules, names: Names) -> Rules:
            _check_version(rules, code, instead_of_version)
            offer = rules.offer(code)
            if offer is None:
                raise UnknownOffer(offer=code)
            return _with_offer(rules, replace(offer, state=state), names)

        return await self._change(programme, set_it, staff_id=staff_id, subject=code)

    async def put_template(
        self, programme: Programme, template: Template, *, staff_id: str, instead_of_version: int | None = None
    ) -> RulesChange:
        """Write a version of a template of personal offers, as `put_offer` does. Raises UnknownTemplate too."""

        def put(rules: Rules, names: Names) -> Rules:
            _check_template(rules, template.code, instead_of_version)
            return _with_template(rules, template, names)

        return await self._change(programme, put, staff_id=staff_id, subject=template.code)

    async def set_template_state(
        self,
        programme: Programme,
        code: str,
        state: OfferState,
        *,
        staff_id: str,
        instead_of_version: int | None = None,
    ) -> RulesChange:
        """Let a template issue, pause it or archive it. Raises UnknownTemplate too."""

        def set_it(rules: Rules, names: Names) -> Rules:
            _check_template(rules, code, instead_of_version)
            template = rules.template(code)
            if template is None:
                raise UnknownTemplate(template=code)
            return _with_template(rules, replace(template, state=state), names)

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
    if subject and (ruled := change.after.offer(subject) or change.after.template(subject)):
        facts |= {"version": ruled.version, "state": ruled.state.value}
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


def _with_offer(rules: Rules, offer: Offer, names: Names) -> Rules:
    """Put an offer where the one of its code stands, or behind the others. Raises InvalidRules."""
    others = tuple(offer if other.code == offer.code else other for other in rules.offers)
    wanted = replace(rules, offers=others if rules.offer(offer.code) else (*others, offer))
    if offer.state is not OfferState.ARCHIVED:
        _refuse(list(faults_of_offer(offer, wanted, names)))
    return wanted


def _with_template(rules: Rules, template: Template, names: Names) -> Rules:
    """Put a template where the one of its code stands, or behind the others. Raises InvalidRules."""
    others = tuple(template if other.code == template.code else other for other in rules.templates)
    wanted = replace(rules, templates=others if rules.template(template.code) else (*others, template))
    if template.state is not OfferState.ARCHIVED:
        _refuse(list(faults_of_template(template, wanted, names)))
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


def _check_version(rules: Rules, code: str, expected: int | None) -> None:
    offer = rules.offer(code)
    if expected is None or expected == (offer.version if offer else NEW):
        return
    if offer is None:
        raise UnknownOffer(offer=code)
    if expected == NEW:
        raise SlugTaken(slug=code)
    raise VersionConflict(expected=expected, current=offer.version)


def _check_template(rules: Rules, code: str, expected: int | None) -> None:
    template = rules.template(code)
    if expected is None or expected == (template.version if template else NEW):
        return
    if template is None:
        raise UnknownTemplate(template=code)
    if expected == NEW:
        raise SlugTaken(slug=code)
    raise VersionConflict(expected=expected, current=template.version)


def _check_edition(rules: Rules, expected: int | None) -> None:
    if expected is not None and expected != rules.edition:
        raise VersionConflict(expected=expected, current=rules.edition)
