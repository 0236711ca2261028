"""Keep a consent given or withdrawn: every change is a line of its own, with its proof."""

from collections.abc import Mapping
from dataclasses import dataclass

from offers.flows.enrol_member import Given
from offers.model.clock import Clock
from offers.model.consent import Consent, Purpose
from offers.model.ids import Chance, MemberId, new_id
from offers.model.member import Member
from offers.model.programme import Language
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class KeepConsent:
    """Append-only. The same wish twice is one line: whoever has withdrawn cannot withdraw once more."""

    store: Store
    clock: Clock
    chance: Chance

    async def latest(self, member_id: MemberId) -> Mapping[Purpose, Consent]:
        """Give the last line of every purpose the member was ever asked for."""
        return await _latest(self.store.reading, member_id)

    async def history(self, member_id: MemberId) -> list[Consent]:
        """Give every line, oldest first."""
        return await self.store.reading.consents.of_member(member_id)

    async def __call__(self, member: Member, given: Given, *, granted: bool, language: Language) -> Consent:
        """Note what the member wants from now on, and give the line that says so.

        A withdrawal names the text that was agreed to; `given` is the text shown now.
        """
        return await self.store.transact(lambda work: self._keep(work, member, given, granted, language))

    async def _keep(self, work: Work, member: Member, given: Given, granted: bool, language: Language) -> Consent:  # noqa: FBT001 -- the wish itself
        await work.members.touch(member.id)
        last = (await _latest(work, member.id)).get(given.purpose)
        is_said = last is not None and last.granted is granted
        if last is not None and is_said and (not granted or last.text_digest == given.text_digest):
            return last
        agreed = last if last is not None and not granted else None
        consent = Consent(
            id=new_id(self.clock(), self.chance),
            programme_id=member.programme_id,
            member_id=member.id,
            purpose=given.purpose,
            granted=granted,
            text_version=agreed.text_version if agreed else given.text_version,
            text_digest=agreed.text_digest if agreed else given.text_digest,
            language=agreed.language if agreed else language,
            at=self.clock(),
            proof=given.proof,
        )
        await work.consents.add([consent])
        return consent


async def _latest(work: Work, member_id: MemberId) -> dict[Purpose, Consent]:
    return {consent.purpose: consent for consent in await work.consents.of_member(member_id)}
