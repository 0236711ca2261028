"""Publish the scores of a run: its rows first, then one write lets all of them speak at once."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from offers.model.clock import Clock
from offers.model.ids import ProgrammeId
from offers.model.scores import MemberScores, PlainScores, ScoreRun, ScoreRunId
from offers.model.scores_errors import ScoresIncomplete
from offers.store.store import Store

ROWS_AT_ONCE = 5_000
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
        self,
        run: ScoreRun,
        rows: Iterable[MemberScores | PlainScores],
        *,
        watch: Callable[[int], None] = lambda _: None,
    ) -> bool:
        """Give False when the scores of a later day are published already. The rows are taken in another thread."""
        scores = self.store.reading.scores
        left = iter(rows)
        chunk = await asyncio.to_thread(_next, left)
        while chunk:
            # The next rows are made while these are written: MongoDB is a process of its own.
            _, coming = await asyncio.gather(scores.put(chunk), asyncio.to_thread(_next, left))
            watch(len(chunk))
            chunk = coming
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


def _next(rows: Iterator[MemberScores | PlainScores]) -> list[MemberScores | PlainScores]:
    return list(islice(rows, ROWS_AT_ONCE))
