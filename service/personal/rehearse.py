"""A dry run of a template: decided on the scores that speak now, and kept as what may be issued."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from offers.flows.issue_personal import period_of
from offers.flows.look_at_offers import LookAtOffers
from offers.flows.rule_kinds import TEMPLATE
from offers.model.clock import Clock
from offers.model.ids import Chance, new_id
from offers.model.offer import OfferState
from offers.model.personal import Template
from offers.model.personal_errors import CannotDecide, TemplateNotActive
from offers.model.personal_run import PersonalRun, PersonalRunId, Pick, RunState
from offers.model.programme import Programme
from offers.model.scores import ScoreRun
from offers.model.scores_errors import NoScores
from offers.store.personal import PICKS_AT_ONCE
from offers.store.store import Store
from scoring.decisions.push import Pushed, push
from scoring.errors import ScoringError
from service.personal.audience import Gathered, Hopeful, gather
from service.personal.findings import rehearsal_of
from service.personal.terms import audience_of, terms_of
from service.personal.words import reason_for_member

FORGET_AFTER = timedelta(days=2)
"""What was decided and not issued is forgotten after so long; the run itself stays."""


@dataclass(frozen=True, slots=True)
class RehearsePersonal:
    """Decide for every member, tell what would come of it, and write nothing but the run.

    The same template, scores and instant make the same decisions; another run draws other members to learn from, and
    holds out the same ones. Raises UnknownTemplate, TemplateNotActive (archived), NoScores, CannotDecide.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(
        self, programme: Programme, code: str, *, staff_id: str, state: RunState = RunState.REHEARSED
    ) -> PersonalRun:
        template, scores, at = await self._template(programme, code), await self._scores(programme), self.clock()
        run_id = PersonalRunId(new_id(at, self.chance))
        gathered = await gather(self.store, template, scores, at=at)
        spent = await self.store.reading.personal.spent(template.id, period_of(template, programme, at))
        left_minor = max(0, template.budget_minor - spent)
        terms = terms_of(template, programme, run_id, budget_minor=left_minor)
        audience = audience_of(template, gathered.hopefuls, scores, terms.discounts)
        try:
            pushed = await asyncio.to_thread(push, audience, terms)
        except ScoringError as refusal:
            raise CannotDecide(why=refusal.code) from refusal
        rehearsal = rehearsal_of(template, programme, gathered, audience, terms, pushed, scores, year=at.year)
        run = PersonalRun(
            id=run_id,
            programme_id=programme.id,
            template=template.code,
            version=template.version,
            scores=scores.id,
            at=at,
            staff_id=staff_id,
            rehearsal=rehearsal,
            state=state,
        )
        await self._keep(run, template, gathered, pushed)
        return run

    async def _template(self, programme: Programme, code: str) -> Template:
        template = await LookAtOffers(self.store).rule(programme.id, TEMPLATE, code)
        if template.state is OfferState.ARCHIVED:
            raise TemplateNotActive(template=code, state=template.state.value)
        return template

    async def _scores(self, programme: Programme) -> ScoreRun:
        head = await self.store.reading.scores.published(programme.id)
        run = await self.store.reading.scores.run(head.run_id) if head else None
        if run is None:
            raise NoScores
        return run

    async def _keep(self, run: PersonalRun, template: Template, gathered: Gathered, pushed: Pushed) -> None:
        """Write the picks, and last the run: without it they are nobody's."""
        personal = self.store.reading.personal
        batch: list[Pick] = []
        for pick in picks_of(run, template, gathered.hopefuls, pushed, forget_at=run.at + FORGET_AFTER):
            batch.append(pick)
            if len(batch) == PICKS_AT_ONCE:
                await personal.put_picks(batch)
                batch = []
        if batch:
            await personal.put_picks(batch)
        await personal.keep_run(run)


def picks_of(
    run: PersonalRun, template: Template, hopefuls: Sequence[Hopeful], pushed: Pushed, *, forget_at: datetime
) -> Iterator[Pick]:
    """Give what was decided for each member, in their order."""
    for index, hopeful in enumerate(hopefuls):
        option = int(pushed.options[index])
        yield Pick(
            run_id=run.id,
            programme_id=run.programme_id,
            template_id=template.id,
            member_id=hopeful.scores.member_id,
            option=option,
            chances=tuple(pushed.chances[index].tolist()),
            is_explored=bool(pushed.explored[index]),
            is_held_out=bool(pushed.held_out[index]),
            cost_minor=round(float(pushed.cost_minor[index])),
            category=hopeful.favourite.category if hopeful.favourite else None,
            reason=reason_for_member(hopeful) if option else None,
            forget_at=forget_at,
        )
