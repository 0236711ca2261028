"""Personal offers by themselves: after a night's scores, rehearsed and issued while they stay like the last ones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from offers.flows.issue_personal import IssuePersonal
from offers.model.clock import Clock
from offers.model.errors import OfferError
from offers.model.ids import Chance
from offers.model.offer import OfferState
from offers.model.personal import Automatic, Template
from offers.model.personal_run import PersonalRun, RunState
from offers.model.programme import BASIS_POINTS, Programme
from offers.store.store import Store
from service.personal.rehearse import RehearsePersonal

NIGHT = "night"
"""Who issues what nobody asked for, as runs and the audit name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one template: its run, or the refusal that kept it from being rehearsed."""

    template: Template
    run: PersonalRun | None = None
    refusal: OfferError | None = None


@dataclass(frozen=True, slots=True)
class IssueAutomatically:
    """Go through the templates of a programme that are active and automatic, one after another.

    A run is issued only when a person has issued this version before and the new one is like that run within the
    template's limits; else it waits, and says for what. A run of these scores that is there already is gone on with,
    so a night that was broken off issues nothing twice.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme) -> AsyncIterator[Done]:
        rules = await self.store.reading.rulebooks.get(programme.id)
        for template in rules.templates:
            if template.state is OfferState.ACTIVE and template.automatic is not None:
                try:
                    yield Done(template=template, run=await self._one(programme, template, template.automatic))
                except OfferError as refusal:
                    yield Done(template=template, refusal=refusal)

    async def _one(self, programme: Programme, template: Template, automatic: Automatic) -> PersonalRun:
        run = await self._of_tonight(programme, template)
        if run is None:
            rehearse = RehearsePersonal(self.store, self.clock, self.chance)
            made = await rehearse(programme, template.code, staff_id=NIGHT, state=RunState.WAITING)
            last = await self.store.reading.personal.last_issued(programme.id, template.code, by_hand=True)
            run = replace(made, waits_for=waits_for(automatic, made, last))
            await self.store.reading.personal.keep_run(run)
        if run.waits_for or run.state not in {RunState.WAITING, RunState.ISSUING}:
            return run
        issue = IssuePersonal(self.store, self.clock, self.chance)
        run = await issue.begin(programme, run.id, staff_id=NIGHT)
        async for after in issue.walk(programme, run):
            run = after
        return run

    async def _of_tonight(self, programme: Programme, template: Template) -> PersonalRun | None:
        """Give the run that an earlier try of this night made on the same scores and version."""
        head = await self.store.reading.scores.published(programme.id)
        runs = await self.store.reading.personal.runs(programme.id, template=template.code)
        for run in runs:
            is_same = head is not None and run.scores == head.run_id and run.version == template.version
            if is_same and run.staff_id == NIGHT:
                return run
        return None


def waits_for(automatic: Automatic, run: PersonalRun, last: PersonalRun | None) -> str:
    """Say what a run made by itself waits for a person for; empty: it may be issued.

    `last` is the last run of the template that a person issued.
    """
    if last is None:
        return "first"
    if last.version != run.version:
        return "version"
    now, before = run.rehearsal, last.rehearsal
    if _reached(run) < automatic.least_members:
        return "few"
    if any(group.is_wide for group in now.groups):
        return "gap"
    if _grew_bp(_reached(run), _reached(last)) > automatic.most_growth_bp:
        return "reach"
    return "cost" if _grew_bp(now.cost_minor, before.cost_minor) > automatic.most_growth_bp else ""


def _reached(run: PersonalRun) -> int:
    return sum(level.members for level in run.rehearsal.reach if level.size)


def _grew_bp(now: int, before: int) -> int:
    return max(0, now - before) * BASIS_POINTS // max(before, 1)
