"""Publish the scores of a run: its rows first, then one write lets all of them speak at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.scores import MemberScores, ScoreRun, ScoreRunId
from offers.model.scores_errors import ScoresIncomplete
from offers.store.store import Store

ROWS_AT_ONCE = 2_000
KEPT_RUNS = 2
"""The rows of the run that speaks and of the one before it are kept; of older ones what they were."""


@dataclass(frozen=True, slots=True)
class PublishScores:
    """Publish once; begun again after a crash it goes on, for the same run writes the same rows.

    Until the last write everybody reads yesterday's scores. Raises ScoresIncomplete; then nothing changed for readers.
    """

    store: Store
    clock: Clock

    async def __call__(
        self, run: ScoreRun, rows: Iterable[MemberScores], *, watch: Callable[[int], None] = lambda _: None
    ) -> bool:
        """Give False when the scores of a later day are published already."""
        scores = self.store.reading.scores
        left = iter(rows)
        while chunk := list(islice(left, ROWS_AT_ONCE)):
            await scores.put(chunk)
            watch(len(chunk))
        kept = await scores.count(run.id)
        if kept != run.members:
            raise ScoresIncomplete(kept=kept, expected=run.members)
        await scores.keep_run(run)
        published = await self.store.transact(lambda work: work.scores.publish(run, at=self.clock()))
        await self._forget_old(run.programme_id)
        return published

    async def _forget_old(self, programme_id: ProgrammeId) -> None:
        head = await self.store.reading.scores.published(programme_id)
        spoken: Sequence[ScoreRunId | None] = [head.run_id, head.before] if head else []
        runs = await self.store.reading.scores.runs(programme_id)
        for run in runs[KEPT_RUNS:]:
            if run.id not in spoken:
                await self.store.reading.scores.forget(run.id)
