"""Walk over the members that a run of personal offers decided about: page by page, each page whole."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offers.model.clock import Clock
from offers.model.offer import offer_id
from offers.model.personal import Template
from offers.model.personal_errors import UnknownPersonalRun, UnknownTemplate
from offers.model.personal_run import PersonalRun, PersonalRunId, Pick, RunState
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Members who are dealt with together, by the version of the template that was rehearsed."""

    programme: Programme
    run: PersonalRun
    template: Template
    picks: Sequence[Pick]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRun:
    """Deal with every member of a run while it is `under_way`; then it is `done`.

    What `deal` does with a page of at most `page_size`, and how far the run is, are kept together: broken off anywhere,
    the walk goes on after the last page. `deal` gives the run with what it counted. Raises UnknownPersonalRun,
    UnknownTemplate, Busy.
    """

    store: Store
    clock: Clock
    under_way: RunState
    done: RunState
    page_size: int
    deal: Callable[[Work, Page], Awaitable[PersonalRun]]

    async def __call__(self, programme: Programme, run: PersonalRun) -> AsyncIterator[PersonalRun]:
        """Give how the run stands after each page."""
        run_id = run.id
        while run.state is self.under_way:
            run = await self.store.transact(lambda work: self._page(work, programme, run_id))
            yield run

    async def _page(self, work: Work, programme: Programme, run_id: PersonalRunId) -> PersonalRun:
        run = await find_run(work, programme, run_id)
        if run.state is not self.under_way:
            return run
        picks = await work.personal.picks(run.id, after=run.after, limit=self.page_size)
        template, at = await _rehearsed(work, programme, run), self.clock()
        counted = await self.deal(work, Page(programme=programme, run=run, template=template, picks=picks, at=at))
        is_last = len(picks) < self.page_size
        after = replace(
            counted,
            after=picks[-1].member_id if picks else run.after,
            looked_at=run.looked_at + len(picks),
            state=self.done if is_last else run.state,
            ended_at=at if is_last else None,
        )
        await work.personal.keep_run(after)
        return after


async def find_run(work: Work, programme: Programme, run_id: PersonalRunId) -> PersonalRun:
    run = await work.personal.run(run_id)
    if run is None or run.programme_id != programme.id:
        raise UnknownPersonalRun(run=run_id)
    return run


async def _rehearsed(work: Work, programme: Programme, run: PersonalRun) -> Template:
    """Give the version that was rehearsed, whatever the template has become since."""
    found = await work.template_versions.find(offer_id(programme.id, run.template), run.version)
    if found is None:
        raise UnknownTemplate(template=run.template)
    return found.rule
