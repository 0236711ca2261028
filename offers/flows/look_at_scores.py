"""Look at scores: a member's published ones with the run they come from, and what runs there were."""

from dataclasses import dataclass

from offers.model.errors import UnknownMember
from offers.model.ids import MemberId, ProgrammeId
from offers.model.scores import MemberScores, PublishedScores, ScoreRun
from offers.model.scores_errors import NoScores
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtScores:
    """Reads only. Raises UnknownMember, NoScores."""

    store: Store

    async def of_member(self, programme_id: ProgrammeId, member_id: MemberId) -> tuple[MemberScores, ScoreRun]:
        """Give a member's scores and the run that made them."""
        reading = self.store.reading
        member = await reading.members.get(member_id)
        if member is None or member.programme_id != programme_id:
            raise UnknownMember
        scores = await reading.scores.of_member(programme_id, member_id)
        run = await reading.scores.run(scores.run_id) if scores else None
        if scores is None or run is None:
            raise NoScores
        return scores, run

    async def published(self, programme_id: ProgrammeId) -> ScoreRun | None:
        """Give the run that speaks now; None: none was published yet."""
        scores = self.store.reading.scores
        head = await scores.published(programme_id)
        return await scores.run(head.run_id) if head else None

    async def runs(self, programme_id: ProgrammeId) -> tuple[PublishedScores | None, list[ScoreRun]]:
        """Give which run speaks now, and the latest hundred, newest first."""
        scores = self.store.reading.scores
        return await scores.published(programme_id), await scores.runs(programme_id)
