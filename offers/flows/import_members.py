"""Import members of the time before Tessera: each with one card and the consents the file proves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from offers.engine.new_card import new_card
from offers.flows.import_purchases import names_of
from offers.model.clock import Clock
from offers.model.consent import Consent
from offers.model.history import MemberFate, MemberKey, PastMember
from offers.model.ids import Chance, MemberId, new_id
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work


@dataclass(slots=True)
class _Batch:
    """What one transaction is going to write; `known` grows with it, so that a batch meets itself too."""

    known: dict[MemberKey, Member]
    members: list[Member] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    completed: dict[MemberId, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportMembers:
    """Import one batch of some hundred members; the second time adds nothing.

    A member who is there already keeps everything they have; only what they lack is filled in: the merchant's own
    number, a phone, a birthday. A phone of somebody else refuses the row.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, members: Sequence[PastMember]) -> list[MemberFate]:
        """Give one fate for each member, in order."""
        return await self.store.transact(lambda work: self._keep(work, programme, members))

    async def _keep(self, work: Work, programme: Programme, members: Sequence[PastMember]) -> list[MemberFate]:
        batch = _Batch(known=await work.imports.members(programme.id, {past.key for past in members}))
        fates = [self._take(batch, programme, past) for past in members]
        cards = [new_card(member, self.clock(), self.chance) for member in batch.members]
        await work.imports.complete(batch.completed)
        await work.imports.add_members(batch.members, cards, batch.consents)
        return fates

    def _take(self, batch: _Batch, programme: Programme, past: PastMember) -> MemberFate:
        found = {batch.known[name].id: batch.known[name] for name in names_of(past.key) if name in batch.known}
        if not found:
            self._add(batch, programme, past)
            return MemberFate.ADDED
        member = next(iter(found.values()))
        if len(found) > 1 or _contradicts(member, past.key):
            return MemberFate.CONTACT_TAKEN
        missing = _missing(member, past)
        if not missing or member.id in batch.completed or member in batch.members:
            return MemberFate.ALREADY_THERE
        batch.completed[member.id] = missing
        return MemberFate.COMPLETED

    def _add(self, batch: _Batch, programme: Programme, past: PastMember) -> None:
        at = self.clock()
        member = Member(
            id=MemberId(new_id(at, self.chance)),
            programme_id=programme.id,
            language=past.language or programme.default_language,
            source=past.source,
            enrolled_at=past.enrolled_at or at,
            phone=past.key.phone,
            external_id=past.key.external_id,
            birthday=past.birthday,
            is_sample=past.is_sample,
        )
        batch.members.append(member)
        batch.known.update(dict.fromkeys(names_of(past.key), member))
        batch.consents += [
            Consent(
                id=new_id(at, self.chance),
                programme_id=programme.id,
                member_id=member.id,
                purpose=given.purpose,
                granted=given.granted,
                text_version=given.text_version,
                text_digest=given.text_digest,
                language=member.language,
                at=given.at or at,
                proof=given.proof,
            )
            for given in past.consents
        ]


def _contradicts(member: Member, key: MemberKey) -> bool:
    """Tell whether the member has another number or phone than the file says."""
    pairs = ((member.external_id, key.external_id), (member.phone, key.phone))
    return any(held is not None and told is not None and held != told for held, told in pairs)


def _missing(member: Member, past: PastMember) -> dict[str, Any]:
    told = {"external_id": past.key.external_id, "phone": past.key.phone}
    missing: dict[str, Any] = {name: value for name, value in told.items() if value and not getattr(member, name)}
    if past.birthday and not member.birthday:
        birthday = past.birthday
        missing["birthday"] = {"month": birthday.month, "day": birthday.day, "year": birthday.year}
    return missing
