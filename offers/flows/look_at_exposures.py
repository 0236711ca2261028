"""Look at exposures, for whoever audits: who was drawn for what, and how many beside how many should have been."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.model.exposure import ArmCount, Exposure
from offers.model.ids import ProgrammeId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtExposures:
    """Reads only. A campaign that nobody was drawn in has none."""

    store: Store

    async def page(
        self,
        programme_id: ProgrammeId,
        campaign: str,
        *,
        occurrence: str | None = None,
        arm: str | None = None,
        after: str = "",
        limit: int = 100,
    ) -> Sequence[Exposure]:
        """Give exposures by key; `after` is the key of the last one seen."""
        return await self.store.reading.exposures.page(
            programme_id, campaign, occurrence=occurrence, arm=arm, after=after, limit=limit
        )

    async def counts(self, programme_id: ProgrammeId) -> Sequence[ArmCount]:
        """Count arms by campaign and policy, the latest first."""
        return await self.store.reading.exposures.counts(programme_id)
