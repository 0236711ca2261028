"""Take a run of personal offers back: what is unused of its coupons is revoked, what was used stays used."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from offers.engine.coupons import availability
from offers.flows.issue_personal import period_of
from offers.flows.revoke_coupon import revoke_coupon
from offers.flows.walk_run import Page, WalkRun, find_run
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.ids import MemberId
from offers.model.personal_errors import RunNotIssued
from offers.model.personal_run import PersonalRun, PersonalRunId, RunState
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

PAGE = 100
_FROM_THE_START = MemberId("")


@dataclass(frozen=True, slots=True)
class UndoPersonal:
    """Revoke page by page; broken off, it goes on. What is held at a till, and what was settled, stays as it is.

    The budget of the period gets back what was committed to uses that are left. The exposures stay in their log: they
    say what was drawn; nothing is learned of them. Raises UnknownPersonalRun, RunNotIssued, Busy.
    """

    store: Store
    clock: Clock

    async def begin(self, programme: Programme, run_id: PersonalRunId, *, staff_id: str) -> PersonalRun:
        """Begin, or go on with one that was broken off; one that was taken back stays as it is."""
        return await self.store.transact(lambda work: self._begin(work, programme, run_id, staff_id))

    def walk(self, programme: Programme, run: PersonalRun) -> AsyncIterator[PersonalRun]:
        """Revoke page after page; gives how the run stands after each."""
        walk = WalkRun(
            store=self.store,
            clock=self.clock,
            under_way=RunState.UNDOING,
            done=RunState.UNDONE,
            page_size=PAGE,
            deal=_take_back,
        )
        return walk(programme, run)

    async def _begin(self, work: Work, programme: Programme, run_id: PersonalRunId, staff_id: str) -> PersonalRun:
        run = await find_run(work, programme, run_id)
        if run.state in {RunState.UNDOING, RunState.UNDONE}:
            return run
        if run.state not in {RunState.ISSUING, RunState.ISSUED}:
            raise RunNotIssued(run=run.id, state=run.state.value)
        begun = replace(run, state=RunState.UNDOING, after=_FROM_THE_START, looked_at=0, ended_at=None)
        await work.personal.keep_run(begun)
        await work.audit.append(
            programme.id,
            AuditAction.PERSONAL_UNDONE,
            staff_id=staff_id,
            subject=run.id,
            facts={"template": run.template, "issued": run.issued},
            at=self.clock(),
        )
        return begun


async def _take_back(work: Work, page: Page) -> PersonalRun:
    run, template = page.run, page.template
    taken_back, used = 0, 0
    for pick in page.picks:
        coupon = await work.coupons.get(pick.coupon_id) if pick.coupon_id else None
        if coupon is None or pick.issued_at is None:
            continue
        left = availability(coupon, page.at).uses_left
        if not left:
            used += 1
        elif await revoke_coupon(work, coupon.id, at=page.at):
            taken_back += 1
            freed = pick.cost_minor * left // template.uses
            await work.personal.give_back(template.id, period_of(template, page.programme, pick.issued_at), freed)
    return replace(run, taken_back=run.taken_back + taken_back, used=run.used + used)
