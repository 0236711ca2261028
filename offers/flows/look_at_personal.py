"""Look at the runs of personal offers there were."""

from dataclasses import dataclass

from offers.model.ids import ProgrammeId
from offers.model.personal_errors import UnknownPersonalRun
from offers.model.personal_run import PersonalRun, PersonalRunId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtPersonal:
    """Reads only."""

    store: Store

    async def run(self, programme_id: ProgrammeId, run_id: PersonalRunId) -> PersonalRun:
        """Give a run. Raises UnknownPersonalRun."""
        run = await self.store.reading.personal.run(run_id)
        if run is None or run.programme_id != programme_id:
            raise UnknownPersonalRun(run=run_id)
        return run

    async def runs(self, programme_id: ProgrammeId, *, template: str | None = None) -> list[PersonalRun]:
        """Give the latest hundred, newest first."""
        return await self.store.reading.personal.runs(programme_id, template=template)
