"""Invite members: the code that a member hands on, and what came of those who used it."""

from dataclasses import dataclass

from offers.model.clock import Clock
from offers.model.errors import Busy, UnknownMember
from offers.model.ids import Chance, MemberId, crockford
from offers.model.member import Member
from offers.model.programme import Programme
from offers.model.referral import CODE_LENGTH, Referral
from offers.store.store import Store

TRIES = 5
_BYTES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A member's code, whom they brought (the last 200), and by whom they were brought themselves."""

    member_id: MemberId
    code: str
    brought: tuple[Referral, ...]
    came_by: Referral | None


@dataclass(frozen=True, slots=True)
class InviteMembers:
    """Give a member's invitation; the code is made at the first asking and stays. Raises UnknownMember, Busy."""

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, member_id: MemberId) -> Invitation:
        member = await self.store.reading.members.get(member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        referrals = self.store.reading.referrals
        return Invitation(
            member_id=member.id,
            code=member.referral_code or await self._code(member),
            brought=tuple(await referrals.of_inviter(programme.id, member.id)),
            came_by=await referrals.of_invited(member_id),
        )

    async def _code(self, member: Member) -> str:
        """Make a code that nobody has; of two askings at once the first one's stays."""
        for _ in range(TRIES):
            code = crockford(int.from_bytes(self.chance(_BYTES), "big"), CODE_LENGTH)
            await self.store.reading.members.name_referral(member.id, code)
            now = await self.store.reading.members.get(member.id)
            if now is not None and now.referral_code is not None:
                return now.referral_code
        raise Busy(retry_after_s=1)
