"""Top up a prepaid balance: money paid in, or a gift card put on it, kept in the programme's own currency."""

from dataclasses import dataclass

from offers.engine.bookkeeping import catch_up
from offers.engine.lots import accrue, after
from offers.flows.answer_again import answer_again
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.flows.turns import turn_at_members
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.events import BalanceReason
from offers.model.ids import Chance, LotId, MemberId, new_id
from offers.model.ledger import EntryKind, LedgerEntry, Lot
from offers.model.ledger_errors import PointsOutOfRange
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

MAX_MINOR = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """Money for a member's balance; `key` names the payment among the member's, `funder` is who holds the money."""

    member_id: MemberId
    amount_minor: int
    key: str
    funder: str


@dataclass(frozen=True, slots=True)
class TopUpPrepaid:
    """Top up once: the same key again answers the same entry. Prepaid money never runs out.

    Raises PointsOutOfRange, UnknownMember, MovementKeyReused, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, top_up: TopUp) -> LedgerEntry:
        if not 0 < top_up.amount_minor <= MAX_MINOR:
            raise PointsOutOfRange(limit=MAX_MINOR)
        async with turn_at_members(top_up.member_id):
            return await self.store.transact(lambda work: self._top_up(work, programme, top_up))

    async def _top_up(self, work: Work, programme: Programme, top_up: TopUp) -> LedgerEntry:
        member = await work.members.get(top_up.member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        currency, cause = programme.currency, f"top_up:{top_up.key}"
        cause_key = f"{cause}:{EntryKind.ACCRUAL}"
        asked = (top_up.member_id, member.id)
        if earlier := await answer_again(work, *asked, currency, cause_key, points=top_up.amount_minor):
            return earlier
        account = await work.accounts.claim(member.id, programme.id, currency)
        at = self.clock()
        lot = Lot(
            id=LotId(new_id(at, self.chance)),
            issued=top_up.amount_minor,
            remaining=top_up.amount_minor,
            active_from=at,
            expires_at=None,
            funder=top_up.funder,
        )
        movements = catch_up(account, at)
        movements.append(accrue(after(account, movements), lot))
        account = await keep_movements(work, account, movements, cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(account, BalanceReason.TOPPED_UP, top_up.amount_minor, at=at)])
        return await work.accounts.last_entry(account)
