"""Who a template is for: the members of a night's scores, one after another, and why the others are left out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from offers.engine.personal_offers import favourite_of, is_for
from offers.model.ids import MemberId
from offers.model.personal import Template
from offers.model.personal_run import LeftOut
from offers.model.scores import WHOLE_CHANCE_BP, Favourite, MemberScores, ScoreRun
from offers.store.personal import Marks
from offers.store.store import Store

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hopeful:
    """One member it is for; `favourite` is set where the template is about one."""

    scores: MemberScores
    marks: Marks
    favourite: Favourite | None


@dataclass(slots=True)
class Gathered:
    """Everybody it is for, in the order of their ids, and how many are left out for which reason."""

    hopefuls: list[Hopeful] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)


async def gather(store: Store, template: Template, run: ScoreRun, *, at: datetime) -> Gathered:
    """Read a night's scores in pages and keep whom the template is for: about 1 KiB of memory for each."""
    personal, scores, gathered = store.reading.personal, store.reading.scores, Gathered()
    rested = await personal.rested(template.programme_id, since=at - timedelta(days=template.rest_days))
    seen, after = 0, ""
    while rows := await scores.page(run.id, after=after, limit=ROWS_AT_ONCE):
        marks = await personal.marks([row.member_id for row in rows])
        for row in rows:
            _sort_in(gathered, template, row, marks.get(row.member_id), rested)
        seen, after = seen + len(rows), rows[-1].member_id
    members = await personal.count_members(template.programme_id)
    unknown = members - (seen - gathered.left_out[LeftOut.GONE])
    if unknown > 0:
        gathered.left_out[LeftOut.NO_SCORES] = unknown
    return gathered


def touched_share(hopeful: Hopeful) -> float:
    """Give on which share of purchases it could be used: the chance that the favourite is among them."""
    return hopeful.favourite.chance_bp / WHOLE_CHANCE_BP if hopeful.favourite else 1.0


def _sort_in(
    gathered: Gathered, template: Template, row: MemberScores, marks: Marks | None, rested: set[MemberId]
) -> None:
    why: LeftOut | None = None
    favourite = favourite_of(template.levels, row.favourites) if template.levels.favourite else None
    if marks is None:
        why = LeftOut.GONE
    elif not is_for(template.condition, row, {*marks.segments, *row.segments}):
        why = LeftOut.NOT_FOR_THEM
    elif row.member_id in rested:
        why = LeftOut.TOO_SOON
    elif template.levels.favourite and favourite is None:
        why = LeftOut.NO_FAVOURITE
    if why is not None or marks is None:
        gathered.left_out[why or LeftOut.GONE] += 1
        return
    gathered.hopefuls.append(Hopeful(scores=row, marks=marks, favourite=favourite))
