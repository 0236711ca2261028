"""Transfer points from one member to another: out of the sender's lots, into the receiver's, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.bookkeeping import catch_up
from offers.engine.calendar import end_of_local_day
from offers.engine.holds import free
from offers.engine.lots import Movement, after, put_in, spend
from offers.flows.answer_again import answer_again
from offers.flows.keep_movements import keep_movements
from offers.flows.tell_outbox import balance_item
from offers.flows.turns import turn_at_members
from offers.model.card import CardState
from offers.model.clock import Clock
from offers.model.errors import CardNotActive, NotEnoughPoints, UnknownCard, UnknownMember
from offers.model.events import BalanceReason
from offers.model.ids import Chance, LotId, MemberId, new_id
from offers.model.ledger import POINTS, Account, EntryKind, LedgerEntry
from offers.model.ledger_errors import PointsOutOfRange, SameMember, TransferLimitReached
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

MAX_POINTS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Who hands points on to whom; `key` names the transfer among the sender's."""

    sender_id: MemberId
    receiver_id: MemberId
    points: int
    key: str


@dataclass(frozen=True, slots=True)
class TransferPoints:
    """Transfer once: the same key again answers the sender's entry again.

    Points keep their end and their funder, so handing them to and fro lengthens no life; a receiver's debt is made good
    first. Raises PointsOutOfRange, SameMember, UnknownMember, CardNotActive, TransferLimitReached, NotEnoughPoints,
    MovementKeyReused, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, transfer: Transfer) -> LedgerEntry:
        if not 0 < transfer.points <= MAX_POINTS:
            raise PointsOutOfRange(limit=MAX_POINTS)
        async with turn_at_members(transfer.sender_id, transfer.receiver_id):
            return await self.store.transact(lambda work: self._transfer(work, programme, transfer))

    async def _transfer(self, work: Work, programme: Programme, transfer: Transfer) -> LedgerEntry:
        claimed = await _claim(work, programme, transfer)
        sender, receiver = claimed.sender, claimed.receiver
        cause = f"transfer:{transfer.sender_id}:{transfer.key}"
        cause_key = f"{cause}:{EntryKind.TRANSFER}"
        asked = (transfer.sender_id, sender.id)
        if earlier := await answer_again(work, *asked, POINTS, cause_key, points=-transfer.points):
            return earlier
        if sender.id == receiver.id:
            raise SameMember
        await _check_card(work, sender)
        at = self.clock()
        await self._check_limit(work, programme, sender, transfer.points, at)
        account, sent = await self._send(work, programme, claimed.giving, transfer.points, cause=cause, at=at)
        await self._receive(work, claimed.taking, sent, cause=cause, at=at)
        return await work.accounts.last_entry(account)

    async def _send(
        self, work: Work, programme: Programme, account: Account, points: int, *, cause: str, at: datetime
    ) -> tuple[Account, Movement]:
        movements = catch_up(account, at)
        caught_up = after(account, movements)
        if points > (there := free(caught_up, at)):
            raise NotEnoughPoints(asked=points, available=there)
        order = programme.terms.spending_order
        sent = spend(caught_up, points, at, order=order, kind=EntryKind.TRANSFER)
        kept = await keep_movements(work, account, [*movements, sent], cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(kept, BalanceReason.TRANSFERRED, -points, at=at)])
        return kept, sent

    async def _receive(self, work: Work, account: Account, sent: Movement, *, cause: str, at: datetime) -> None:
        movements = catch_up(account, at)
        name = new_id(at, self.chance)
        lots = [replace(share, id=LotId(f"{name}-{number}")) for number, share in enumerate(sent.shares)]
        received = put_in(after(account, movements), lots, kind=EntryKind.TRANSFER, twins=True)
        kept = await keep_movements(work, account, [*movements, received], cause=cause, effective_at=at, at=at)
        await work.outbox.put([balance_item(kept, BalanceReason.TRANSFERRED, received.points, at=at)])

    async def _check_limit(self, work: Work, programme: Programme, sender: Member, points: int, at: datetime) -> None:
        today = end_of_local_day(at, programme.zone, days=-1)
        moved = await work.accounts.moved(sender.id, POINTS, EntryKind.TRANSFER, since=today)
        allowed = max(0, programme.terms.transfer_daily_points - moved)
        if points > allowed:
            raise TransferLimitReached(asked=points, allowed=allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """Both members as they stand in this transaction, and their accounts, which no other can move now."""

    sender: Member
    receiver: Member
    giving: Account
    taking: Account


async def _claim(work: Work, programme: Programme, transfer: Transfer) -> _Claimed:
    """Claim first and look after: a transaction that looked before it claims loses to whoever committed in between.

    Whoever was merged meanwhile is claimed under the name they go by now.
    """
    asked = [(transfer.sender_id, POINTS), (transfer.receiver_id, POINTS)]
    accounts = await work.accounts.claim_all(asked, programme.id)
    sender = await _member(work, programme, transfer.sender_id)
    receiver = await _member(work, programme, transfer.receiver_id)
    moved = {(sender.id, POINTS), (receiver.id, POINTS)} - accounts.keys()
    accounts |= await work.accounts.claim_all(moved, programme.id)
    return _Claimed(
        sender=sender, receiver=receiver, giving=accounts[sender.id, POINTS], taking=accounts[receiver.id, POINTS]
    )


async def _member(work: Work, programme: Programme, member_id: MemberId) -> Member:
    member = await work.members.get(member_id)
    if member is None or member.programme_id != programme.id:
        raise UnknownMember
    return member


async def _check_card(work: Work, sender: Member) -> None:
    """A lost card that was blocked hands nothing on."""
    card = await work.cards.of_member(sender.id)
    if card is None:
        raise UnknownCard
    if card.state is not CardState.ACTIVE:
        raise CardNotActive(state=card.state)
