"""Say in which segments a member is: offers ask for them by name, and layers lie on their cards."""

from collections.abc import Collection
from dataclasses import dataclass

from offers.flows.tell_look import card_item
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

MAX_SEGMENTS = 100


@dataclass(frozen=True, slots=True)
class PutInSegments:
    """Replace the segments of a member by these. Raises UnknownMember, Busy.

    A layer for a segment that the member enters or leaves changes what their cards show: that is told.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, member_id: MemberId, segments: Collection[str]) -> Member:
        async def put(work: Work) -> Member:
            member = await work.members.get(member_id)
            if member is None or member.programme_id != programme.id:
                raise UnknownMember
            await work.members.put_in_segments(member.id, sorted(set(segments)))
            await self._tell(work, member, set(member.segments) ^ set(segments))
            return await work.members.get(member.id) or member

        return await self.store.transact(put)

    async def _tell(self, work: Work, member: Member, moved: set[str]) -> None:
        at = self.clock()
        targets = [f"segment:{name}" for name in sorted(moved)]
        layers = await work.layers.for_targets(member.programme_id, targets, at=at) if targets else []
        if not any(layer.is_on(at) for layer in layers):
            return
        cause = f"segments:{','.join(sorted(moved))}:{at.isoformat()}"
        cards = await work.cards.all_of_member(member.id)
        await work.outbox.put([card_item(card, cause, at=at) for card in cards if card.replaced_by is None])
