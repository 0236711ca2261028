"""Look at balances: what a member holds in every currency, as of now."""

from dataclasses import dataclass

from offers.engine.bookkeeping import catch_up
from offers.engine.lots import after
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.ids import MemberId
from offers.model.ledger import POINTS, Account
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class LookAtBalances:
    """Lots that became active or ran out are shown so, whether or not anybody noted it. Raises UnknownMember."""

    store: Store
    clock: Clock

    async def member(self, programme: Programme, member_id: MemberId) -> Member:
        """Give a member of the programme; whoever was merged into another is that other."""
        member = await self.store.reading.members.get(member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        return member

    async def __call__(self, programme: Programme, member_id: MemberId) -> tuple[Account, ...]:
        """Give every account the member ever had, points first."""
        member = await self.member(programme, member_id)
        currencies = await self.store.reading.accounts.currencies(member.id)
        others = sorted(currency for currency in currencies if currency != POINTS)
        return tuple([await self._account(programme, member, currency) for currency in (POINTS, *others)])

    async def prepaid(self, programme: Programme, member_id: MemberId) -> Account:
        """Give what the member paid in beforehand, in the programme's own currency."""
        return await self._account(programme, await self.member(programme, member_id), programme.currency)

    async def _account(self, programme: Programme, member: Member, currency: str) -> Account:
        found = await self.store.reading.accounts.find(member.id, currency)
        account = found or Account(member_id=member.id, programme_id=programme.id, currency=currency)
        return after(account, catch_up(account, self.clock()))
