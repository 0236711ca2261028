"""Own a phone: give a member the number that Telegram vouches for."""

from dataclasses import dataclass

from offers.model.clock import Clock
from offers.model.errors import ContactTaken
from offers.model.member import Member
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """Raises ContactTaken when the number is another member's. The same number again changes nothing."""

    store: Store
    clock: Clock

    async def __call__(self, member: Member, phone: str) -> None:
        await self.store.transact(lambda work: self._own(work, member, phone))

    async def _own(self, work: Work, member: Member, phone: str) -> None:
        owner = await work.members.by_phone(member.programme_id, phone)
        if owner is not None and owner.id != member.id:
            raise ContactTaken
        if owner is None:
            await work.members.own_phone(member.id, phone)
        await work.members.verify_phone(member.id, at=self.clock())
