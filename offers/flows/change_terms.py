"""Change what a programme promises from now on, and write down who did it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from offers.engine.rule_walks import single_conditions
from offers.flows.tell_look import terms_item
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.condition import AtLevel
from offers.model.errors import LevelInUse, UnknownProgramme
from offers.model.ids import ProgrammeId
from offers.model.offer import OfferState
from offers.model.programme import Programme, Terms
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Change the terms as they stand at that moment. What is the same already is not written down again.

    Receipts, lots and entries keep what they were given. Raises UnknownProgramme, LevelInUse (an offer still names a
    level that would go), Busy.
    """

    store: Store
    clock: Clock

    async def __call__(
        self, programme_id: ProgrammeId, change: Callable[[Terms], Terms], *, staff_id: str
    ) -> Programme:
        return await self.store.transact(lambda work: self._change(work, programme_id, change, staff_id))

    async def _change(
        self, work: Work, programme_id: ProgrammeId, change: Callable[[Terms], Terms], staff_id: str
    ) -> Programme:
        programme = await work.programmes.get(programme_id)
        if programme is None:
            raise UnknownProgramme(slug=programme_id)
        changed = replace(programme, terms=change(programme.terms))
        names = [each.name for each in fields(Terms) if _differ(each.name, programme.terms, changed.terms)]
        if not names:
            return programme
        await _check_levels(work, changed)
        at = self.clock()
        await work.programmes.keep(changed)
        await work.audit.append(
            programme_id,
            AuditAction.TERMS_CHANGED,
            staff_id=staff_id,
            subject=programme_id,
            facts={"terms": ", ".join(names)},
            at=at,
        )
        await work.outbox.put([terms_item(changed, at=at)])
        return changed


def _differ(name: str, before: Terms, after: Terms) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


async def _check_levels(work: Work, changed: Programme) -> None:
    """Refuse to take away a level that an offer asks for: the offer would silently reach nobody."""
    known = {level.key for level in changed.terms.levels}
    for offer in (await work.rulebooks.get(changed.id)).offers:
        if offer.state is OfferState.ARCHIVED:
            continue
        for _, condition in single_conditions(offer.condition, ""):
            if isinstance(condition, AtLevel) and (gone := set(condition.levels) - known):
                raise LevelInUse(level=min(gone), offer=offer.code)
