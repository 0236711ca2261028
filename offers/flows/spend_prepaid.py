"""Spend from a prepaid balance, and return what was spent to the very lots it came from."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.code_rights import Wish, check_rights
from offers.engine.holds import free
from offers.engine.lots import after, give_back, spend
from offers.flows.answer_again import answer_again, earlier_entry
from offers.flows.honour_code import use_code
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.flows.turns import turn_at_members
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.events import BalanceReason
from offers.model.ids import CardId, LotId, MemberId, OutletId
from offers.model.ledger import DEFICIT, Edge, EntryKind, LedgerEntry, Lot
from offers.model.ledger_errors import NotEnoughBalance, PointsOutOfRange, UnknownMovement
from offers.model.member import Member
from offers.model.programme import Programme
from offers.model.showing import STATICALLY, Showing, ShownFor
from offers.store.store import Store
from offers.store.work import Work

MAX_MINOR = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidBy:
    """How a till came to the member: by which card and code; `card_id` None: it named the member itself."""

    outlet_id: OutletId
    card_id: CardId | None
    shown: Showing = STATICALLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a member pays from their balance; `key` names the payment among the member's.

    `by` None: an operator pays, who needs no card.
    """

    member_id: MemberId
    amount_minor: int
    key: str
    funder: str | None = None
    by: PaidBy | None = None


@dataclass(frozen=True, slots=True)
class SpendPrepaid:
    """Spend once, return once: the same key again answers the same entry.

    The code a till was shown has to be allowed to pay; a rotating one pays once. Raises PointsOutOfRange,
    UnknownMember, NotEnoughBalance, MovementKeyReused, UnknownMovement (a return), RotatingCodeNeeded, NotByCode,
    CodeOutOfDate, CodeUsed, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, spending: Spending) -> LedgerEntry:
        if not 0 < spending.amount_minor <= MAX_MINOR:
            raise PointsOutOfRange(limit=MAX_MINOR)
        async with turn_at_members(spending.member_id):
            return await self.store.transact(lambda work: self._spend(work, programme, spending))

    async def undo(self, programme: Programme, member_id: MemberId, key: str) -> LedgerEntry:
        """Return the whole of a payment."""
        async with turn_at_members(member_id):
            return await self.store.transact(lambda work: self._undo(work, programme, member_id, key))

    async def _spend(self, work: Work, programme: Programme, spending: Spending) -> LedgerEntry:
        member = await _member(work, programme, spending.member_id)
        currency, amount, cause = programme.currency, spending.amount_minor, f"prepaid:{spending.key}"
        cause_key = f"{cause}:{EntryKind.REDEMPTION}"
        asked = (spending.member_id, member.id)
        if earlier := await answer_again(work, *asked, currency, cause_key, points=-amount):
            return earlier
        account = await work.accounts.claim(member.id, programme.id, currency)
        at = self.clock()
        if spending.by is not None:
            await _honour(work, programme, spending.by, cause=f"{spending.member_id}:{cause}", at=at)
        movements = catch_up(account, at)
        caught_up = after(account, movements)
        if amount > (there := free(caught_up, at)):
            raise NotEnoughBalance(asked_minor=amount, available_minor=there)
        order = programme.terms.spending_order
        movements.append(spend(caught_up, amount, at, order=order, funder=spending.funder))
        account = await keep_movements(work, account, movements, cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(account, BalanceReason.SPENT, -amount, at=at)])
        return await work.accounts.last_entry(account)

    async def _undo(self, work: Work, programme: Programme, member_id: MemberId, key: str) -> LedgerEntry:
        member = await _member(work, programme, member_id)
        currency, cause = programme.currency, f"prepaid:{key}"
        asked = (member_id, member.id)
        spent = await earlier_entry(work, *asked, currency, f"{cause}:{EntryKind.REDEMPTION}")
        if spent is None:
            raise UnknownMovement
        if earlier := await answer_again(work, *asked, currency, f"{cause}:restored", points=-spent.points):
            return earlier
        account = await work.accounts.claim(member.id, programme.id, currency)
        at = self.clock()
        movements = catch_up(account, at)
        shares = [_share(edge, spent) for edge in spent.edges if edge.lot_id != DEFICIT]
        grace_days = programme.terms.restore_grace_days
        movements.append(give_back(after(account, movements), shares, at=at, grace_days=grace_days))
        account = await keep_movements(work, account, movements, cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(account, BalanceReason.RETURNED, -spent.points, at=at)])
        return await work.accounts.last_entry(account)


async def _honour(work: Work, programme: Programme, by: PaidBy, *, cause: str, at: datetime) -> None:
    """Let the code that was shown authorise the payment. Raises what `check_rights` and `use_code` raise."""
    check_rights(programme.terms.codes, by.shown, Wish(prepaid=True))
    if by.card_id is not None:
        await use_code(work, by.card_id, by.shown, ShownFor.PREPAID, outlet_id=by.outlet_id, cause=cause, at=at)


async def _member(work: Work, programme: Programme, member_id: MemberId) -> Member:
    member = await work.members.get(member_id)
    if member is None or member.programme_id != programme.id:
        raise UnknownMember
    return member


def _share(edge: Edge, spent: LedgerEntry) -> Lot:
    """Read a lot's share back from the edge it left in the ledger."""
    return Lot(
        id=LotId(edge.lot_id),
        issued=-edge.points,
        remaining=-edge.points,
        active_from=spent.effective_at,
        expires_at=edge.expires_at,
        funder=edge.funder,
    )
