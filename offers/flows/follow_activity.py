"""Let discounts follow activity: look at every member once, and write down each change with its reason."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from offers.engine.activity import follow
from offers.flows.tell_outbox import event_item
from offers.model.activity import Activity, ActivityMeasure, ActivityRules
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.events import OwnTermsChanged
from offers.model.ids import MemberId
from offers.model.member import Member, OwnTerms
from offers.model.programme import Programme
from offers.model.scores import MemberScores
from offers.store.store import Store
from offers.store.work import Work

PAGE = 500
BY = "activity"
"""Who changed it, as the audit names it."""
NO_RULES = ActivityRules(measure=ActivityMeasure.VISITS, bands=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far it is: members looked at, discounts raised and lowered, and how many members have which discount."""

    members: int = 0
    raised: int = 0
    lowered: int = 0
    at_bp: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowActivity:
    """Change what has to change, each member in a transaction of its own; the same night twice changes nothing more.

    What a person agreed with a member stays. Broken off, the next time looks at everybody anew. Raises Busy.
    """

    store: Store
    clock: Clock

    async def walk(self, programme: Programme, *, dry_run: bool = False) -> AsyncIterator[Followed]:
        """Look at members page by page; gives how it stands after each. A dry run tells, and keeps nothing."""
        followed, after, at = Followed(), MemberId(""), self.clock()
        while page := await self.store.reading.members.page(programme.id, after=after, limit=PAGE):
            values = await self._values(programme, [member.id for member in page], at)
            for member in page:
                wanted = follow(programme.terms.activity, member.own_terms, values.get(member.id, 0), at=at)
                if wanted != member.own_terms and not dry_run:
                    wanted = await self._change(programme, member.id, values.get(member.id, 0), at)
                followed = _counted(followed, member.own_terms, wanted)
            after = page[-1].id
            yield followed

    async def _values(self, programme: Programme, members: list[MemberId], at: datetime) -> dict[MemberId, int]:
        """Count what the rules ask for, of those who have any of it."""
        rules = programme.terms.activity or NO_RULES
        reading = self.store.reading
        if rules.measure in {ActivityMeasure.VISITS, ActivityMeasure.SPEND}:
            counted = await reading.receipts.activity_since(members, at - timedelta(days=rules.days))
            index = 0 if rules.measure is ActivityMeasure.VISITS else 1
            return {member_id: each[index] for member_id, each in counted.items()}
        scores = await reading.scores.of_members(programme.id, members)
        return {member_id: _score(rules.measure, row) for member_id, row in scores.items()}

    async def _change(self, programme: Programme, member_id: MemberId, value: int, at: datetime) -> OwnTerms | None:
        return await self.store.transact(lambda work: _write(work, programme, member_id, value, at))


async def _write(work: Work, programme: Programme, member_id: MemberId, value: int, at: datetime) -> OwnTerms | None:
    """Decide once more on what stands now, for a person may have agreed on something meanwhile."""
    member = await work.members.get(member_id)
    if member is None or member.id != member_id:
        return None
    wanted = follow(programme.terms.activity, member.own_terms, value, at=at)
    if wanted == member.own_terms:
        return wanted
    await work.members.agree(member.id, wanted)
    facts = _facts(member, wanted)
    line = await work.audit.append(
        programme.id, AuditAction.ACTIVITY_DISCOUNT, staff_id=BY, subject=member.id, facts=facts, at=at
    )
    event = OwnTermsChanged(
        key=f"own_terms:{programme.id}:{line.seq}", programme_id=programme.id, member_id=member.id, at=at
    )
    await work.outbox.put([event_item(event)])
    return wanted


def _facts(member: Member, wanted: OwnTerms | None) -> dict[str, int | str]:
    facts: dict[str, int | str] = {"before_bp": _bp(member.own_terms), "discount_bp": _bp(wanted)}
    if wanted is not None and wanted.activity is not None:
        facts |= _why(wanted.activity)
    return facts


def _why(activity: Activity) -> dict[str, int | str]:
    return {"measure": activity.measure.value, "value": activity.value, "days": activity.days}


def _score(measure: ActivityMeasure, row: MemberScores) -> int:
    return row.buys_again_bp if measure is ActivityMeasure.BUYS_AGAIN else row.spend_minor


def _bp(own: OwnTerms | None) -> int:
    return own.discount_bp or 0 if own else 0


def _counted(followed: Followed, before: OwnTerms | None, after: OwnTerms | None) -> Followed:
    if after is not None and after.activity is None:
        return replace(followed, members=followed.members + 1)
    counts = Counter(followed.at_bp)
    counts[_bp(after)] += 1
    return Followed(
        members=followed.members + 1,
        raised=followed.raised + (_bp(after) > _bp(before)),
        lowered=followed.lowered + (_bp(after) < _bp(before)),
        at_bp=counts,
    )
