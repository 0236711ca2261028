"""Log exposures: what was drawn for whom, once; asked again, the log answers what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.model.exposure import Exposure
from offers.model.ids import MemberId
from offers.store.exposures import BATCH
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class LogExposures:
    """Log the draws of one campaign and occurrence before anything is given to anybody.

    A draw that is in the log already stays as it is, even when it came out differently now: act on what is answered.
    Begun again after a crash, the whole goes on where it stood. Raises ValueError where draws are of different
    campaigns or occurrences, or a member is drawn twice.
    """

    store: Store

    async def __call__(self, exposures: Sequence[Exposure]) -> dict[MemberId, Exposure]:
        """Log any number, 2,000 in a write; give what the log holds for each member."""
        _check(exposures)
        standing: dict[MemberId, Exposure] = {}
        for first in range(0, len(exposures), BATCH):
            standing |= await _log(self.store.reading, exposures[first : first + BATCH])
        return standing

    async def within(self, work: Work, exposures: Sequence[Exposure]) -> dict[MemberId, Exposure]:
        """Log at most 2,000 as part of a transaction that gives what was drawn as well."""
        _check(exposures)
        return await _log(work, exposures)


async def _log(work: Work, exposures: Sequence[Exposure]) -> dict[MemberId, Exposure]:
    new = await work.exposures.log(exposures)
    if new == len(exposures):
        return {each.member_id: each for each in exposures}
    return await work.exposures.standing(exposures)


def _check(exposures: Sequence[Exposure]) -> None:
    draws = {(each.programme_id, each.campaign, each.occurrence) for each in exposures}
    if len(draws) > 1 or len({each.member_id for each in exposures}) < len(exposures):
        message = "exposures are logged one occurrence at a time, each member once"
        raise ValueError(message)
