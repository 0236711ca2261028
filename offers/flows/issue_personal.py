"""Issue personal offers as they were rehearsed: page by page, each member once, under the budget, all of it logged."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offers.engine.calendar import end_of_local_day
from offers.engine.periods import period_key
from offers.engine.personal_offers import coupon_benefit, coupon_title
from offers.flows.grant_coupon import Grant, grant_many
from offers.flows.personal_exposures import exposure_of
from offers.flows.rule_kinds import TEMPLATE
from offers.flows.walk_run import Page, WalkRun, find_run
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.coupon import Binding, Coupon, CouponId, Every, Recurrence
from offers.model.ids import Chance, MemberId
from offers.model.offer import OfferState
from offers.model.personal import Template
from offers.model.personal_errors import DryRunOutdated, TemplateNotActive
from offers.model.personal_run import VALID_FOR, PersonalRun, PersonalRunId, Pick, RunState, Skipped
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

PAGE = 200
KEPT_FOR = timedelta(days=400)
"""What was carried out for a member is remembered so long: it says who has to be left alone."""


@dataclass(frozen=True, slots=True)
class IssuePersonal:
    """Carry out a run that was rehearsed, and nothing else.

    A page's coupons, its exposures, what it commits of the budget and how far the run is are kept together: broken off
    anywhere, the run goes on after its last page, and two that issue it at once give nobody two. A template that is
    paused stops the run after the page under way. Raises UnknownPersonalRun, UnknownTemplate, TemplateNotActive,
    DryRunOutdated, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def begin(self, programme: Programme, run_id: PersonalRunId, *, staff_id: str) -> PersonalRun:
        """Take a run up, or one that is under way again; one that was issued stays as it is."""
        return await self.store.transact(lambda work: self._begin(work, programme, run_id, staff_id))

    def walk(self, programme: Programme, run: PersonalRun) -> AsyncIterator[PersonalRun]:
        """Issue page after page; gives how the run stands after each."""
        walk = WalkRun(
            store=self.store,
            clock=self.clock,
            under_way=RunState.ISSUING,
            done=RunState.ISSUED,
            page_size=PAGE,
            deal=self._give,
        )
        return walk(programme, run)

    async def _begin(self, work: Work, programme: Programme, run_id: PersonalRunId, staff_id: str) -> PersonalRun:
        run = await find_run(work, programme, run_id)
        if run.state in {RunState.ISSUING, RunState.ISSUED}:
            return run
        at = self.clock()
        await _check_current(work, programme, run, at)
        begun = replace(run, state=RunState.ISSUING, began_at=at, staff_id=staff_id)
        await work.personal.keep_run(begun)
        facts: dict[str, int | str] = {
            "template": run.template,
            "version": run.version,
            "members": run.rehearsal.decided,
            "cost_minor": run.rehearsal.cost_minor,
        }
        await work.audit.append(
            programme.id, AuditAction.PERSONAL_ISSUED, staff_id=staff_id, subject=run.id, facts=facts, at=at
        )
        return begun

    async def _give(self, work: Work, page: Page) -> PersonalRun:
        run, template = page.run, page.template
        await _check_active(work, page.programme, run)
        skipped = await _skipped(work, page)
        wanted = [pick for pick in page.picks if pick.member_id not in skipped]
        kept, minor = await _within_budget(work, page, wanted)
        held = {pick.member_id for pick in kept}
        skipped |= {pick.member_id: Skipped.BUDGET for pick in wanted if pick.member_id not in held}
        given = [pick for pick in kept if pick.option]
        grants = [_grant(page, pick) for pick in given]
        coupons = {coupon.owner: coupon for coupon in await grant_many(work, grants, at=page.at, chance=self.chance)}
        await work.exposures.log([exposure_of(template, run, pick, at=page.at) for pick in kept])
        done = [(pick, _id(coupons.get(pick.member_id))) for pick in kept]
        await work.personal.carry_out(done, at=page.at, until=page.at + KEPT_FOR)
        return replace(
            run,
            issued=run.issued + len(given),
            committed_minor=run.committed_minor + minor,
            skipped=dict(Counter(run.skipped) + Counter(skipped.values())),
        )


async def _check_active(work: Work, programme: Programme, run: PersonalRun) -> Template:
    """Give the template as it stands. Raises UnknownTemplate, TemplateNotActive."""
    template = TEMPLATE.get(await work.rulebooks.get(programme.id), run.template)
    if template.state is not OfferState.ACTIVE:
        raise TemplateNotActive(template=template.code, state=template.state.value)
    return template


def period_of(template: Template, programme: Programme, at: datetime) -> str:
    """Name the period of the template's budget that an instant falls into."""
    return period_key(template.budget_period, at, programme.zone)


async def _check_current(work: Work, programme: Programme, run: PersonalRun, at: datetime) -> None:
    if run.state not in {RunState.REHEARSED, RunState.WAITING}:
        raise DryRunOutdated(run=run.id, why="state")
    template = await _check_active(work, programme, run)
    if template.version != run.version:
        raise DryRunOutdated(run=run.id, why="template")
    head = await work.scores.published(programme.id)
    if head is None or head.run_id != run.scores:
        raise DryRunOutdated(run=run.id, why="scores")
    if at - run.at > VALID_FOR:
        raise DryRunOutdated(run=run.id, why="age")


async def _skipped(work: Work, page: Page) -> dict[MemberId, Skipped]:
    """Leave out who is no member any more, and who got another personal offer since the rehearsal."""
    template, ids = page.template, [pick.member_id for pick in page.picks]
    standing = await work.personal.standing(ids)
    since = page.at - timedelta(days=template.rest_days)
    rested = await work.personal.rested(template.programme_id, since=since, among=ids) if ids else set()
    gone = {member_id: Skipped.GONE for member_id in ids if member_id not in standing}
    return {member_id: Skipped.TOO_SOON for member_id in ids if member_id in rested} | gone


async def _within_budget(work: Work, page: Page, picks: Sequence[Pick]) -> tuple[list[Pick], int]:
    """Commit to what fits the period's budget: the page as a whole, or else one after another."""
    template = page.template
    period, cap = period_of(template, page.programme, page.at), template.budget_minor
    whole = sum(pick.cost_minor for pick in picks)
    if await work.personal.commit(template.id, period, whole, cap_minor=cap):
        return list(picks), whole
    kept = [
        pick
        for pick in picks
        if not pick.option or await work.personal.commit(template.id, period, pick.cost_minor, cap_minor=cap)
    ]
    return kept, sum(pick.cost_minor for pick in kept)


def _grant(page: Page, pick: Pick) -> Grant:
    template, zone = page.template, page.programme.zone
    return Grant(
        programme_id=page.programme.id,
        owner=pick.member_id,
        grant_key=f"personal:{page.run.id}",
        binding=Binding.HARD,
        offer_id=template.code,
        campaign=template.campaign,
        title=coupon_title(template, pick.option, pick.category),
        recurrence=Recurrence(every=Every.ONCE, zone=zone, uses_per_period=template.uses),
        valid_from=page.at,
        valid_until=end_of_local_day(page.at, zone, days=template.live_days),
        benefit=coupon_benefit(template, pick.option, pick.category),
        reason=pick.reason,
    )


def _id(coupon: Coupon | None) -> CouponId | None:
    return coupon.id if coupon else None
