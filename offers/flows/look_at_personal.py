"""Look at personal offers: templates as they stand, every version of one, and the runs there were."""

from dataclasses import dataclass

from offers.model.ids import ProgrammeId
from offers.model.offer import offer_id
from offers.model.personal import Template
from offers.model.personal_errors import UnknownPersonalRun, UnknownTemplate, UnknownTemplateVersion
from offers.model.personal_run import PersonalRun, PersonalRunId
from offers.model.rules import RuleVersion
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtPersonal:
    """Reads only."""

    store: Store

    async def templates(self, programme_id: ProgrammeId) -> tuple[Template, ...]:
        return (await self.store.reading.rulebooks.get(programme_id)).templates

    async def template(self, programme_id: ProgrammeId, code: str) -> Template:
        """Give a template as it stands. Raises UnknownTemplate."""
        found = (await self.store.reading.rulebooks.get(programme_id)).template(code)
        if found is None:
            raise UnknownTemplate(template=code)
        return found

    async def versions(
        self, programme_id: ProgrammeId, code: str, *, before: int | None = None
    ) -> list[RuleVersion[Template]]:
        """Give up to a hundred versions, newest first. Raises UnknownTemplate."""
        await self.template(programme_id, code)
        return await self.store.reading.template_versions.latest(offer_id(programme_id, code), before=before)

    async def version(self, programme_id: ProgrammeId, code: str, number: int) -> RuleVersion[Template]:
        """Give one version. Raises UnknownTemplate, UnknownTemplateVersion."""
        await self.template(programme_id, code)
        found = await self.store.reading.template_versions.find(offer_id(programme_id, code), number)
        if found is None:
            raise UnknownTemplateVersion(template=code, version=number)
        return found

    async def run(self, programme_id: ProgrammeId, run_id: PersonalRunId) -> PersonalRun:
        """Give a run. Raises UnknownPersonalRun."""
        run = await self.store.reading.personal.run(run_id)
        if run is None or run.programme_id != programme_id:
            raise UnknownPersonalRun(run=run_id)
        return run

    async def runs(self, programme_id: ProgrammeId, *, template: str | None = None) -> list[PersonalRun]:
        """Give the latest hundred, newest first."""
        return await self.store.reading.personal.runs(programme_id, template=template)
