"""Say in which segments a member is: offers ask for them by name."""

from collections.abc import Collection
from dataclasses import dataclass

from offers.model.errors import UnknownMember
from offers.model.ids import MemberId
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

MAX_SEGMENTS = 100


@dataclass(frozen=True, slots=True)
class PutInSegments:
    """Replace the segments of a member by these. Raises UnknownMember, Busy."""

    store: Store

    async def __call__(self, programme: Programme, member_id: MemberId, segments: Collection[str]) -> Member:
        async def put(work: Work) -> Member:
            member = await work.members.get(member_id)
            if member is None or member.programme_id != programme.id:
                raise UnknownMember
            await work.members.put_in_segments(member.id, sorted(set(segments)))
            return await work.members.get(member.id) or member

        return await self.store.transact(put)
