"""Block a card, and let it work again: until it is replaced, either can be undone."""

from dataclasses import dataclass
from datetime import datetime

from offers.flows.tell_outbox import event_item
from offers.model.audit import AuditAction
from offers.model.card import Block, BlockReason, Card, CardState
from offers.model.card_errors import CardReplaced
from offers.model.clock import Clock
from offers.model.errors import CardNotActive, UnknownCard
from offers.model.events import CardStateChanged
from offers.model.ids import CardId, ProgrammeId
from offers.store.store import Store
from offers.store.work import Work

BY_MEMBER = "member"
"""Stands for the member's own word where the audit names a key of the staff."""
MAX_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """What is said of a card: why it shall not work any more, and who says so."""

    reason: BlockReason
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockCard:
    """Block once: blocked again, it stays blocked for the first reason, and the audit has one line.

    Points, level, coupons and the bot stay as they are; only the card opens nothing. Raises UnknownCard, CardReplaced,
    CardNotActive (a voided one), Busy.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme_id: ProgrammeId, card_id: CardId, blocking: Blocking) -> Card:
        return await self.store.transact(lambda work: self._block(work, programme_id, card_id, blocking))

    async def unblock(self, programme_id: ProgrammeId, card_id: CardId, *, by: str) -> Card:
        """Let a blocked card work again; one that works already stays as it is."""
        return await self.store.transact(lambda work: self._unblock(work, programme_id, card_id, by))

    async def _block(self, work: Work, programme_id: ProgrammeId, card_id: CardId, blocking: Blocking) -> Card:
        card = await _changeable(work, programme_id, card_id)
        at = self.clock()
        block = Block(reason=blocking.reason, note=blocking.note.strip()[:MAX_NOTE], by=blocking.by, at=at)
        if (blocked := await work.cards.block(card.id, block)) is None:
            return card
        said: dict[str, int | str] = {"member": card.member_id, "reason": block.reason.value, "note": block.note}
        await _tell(work, blocked, AuditAction.CARD_BLOCKED, by=block.by, facts=said, at=at)
        return blocked

    async def _unblock(self, work: Work, programme_id: ProgrammeId, card_id: CardId, by: str) -> Card:
        card = await _changeable(work, programme_id, card_id)
        if (working := await work.cards.block(card.id, None)) is None:
            return card
        said: dict[str, int | str] = {"member": card.member_id}
        await _tell(work, working, AuditAction.CARD_UNBLOCKED, by=by, facts=said, at=self.clock())
        return working


async def _changeable(work: Work, programme_id: ProgrammeId, card_id: CardId) -> Card:
    card = await find_card(work, programme_id, card_id)
    if card.replaced_by is not None:
        raise CardReplaced
    if card.state is CardState.VOIDED:
        raise CardNotActive(state=card.state)
    return card


async def _tell(
    work: Work, card: Card, action: AuditAction, *, by: str, facts: dict[str, int | str], at: datetime
) -> None:
    """Write the change down, and have the wallets and the bot say it."""
    line = await work.audit.append(card.programme_id, action, staff_id=by, subject=card.id, facts=facts, at=at)
    event = CardStateChanged(
        key=f"card:{card.id}:{line.seq}",
        programme_id=card.programme_id,
        member_id=card.member_id,
        at=at,
        card_id=card.id,
        state=card.state.value,
        reason=card.block.reason.value if card.block else "",
    )
    await work.outbox.put([event_item(event)])


async def find_card(work: Work, programme_id: ProgrammeId, card_id: CardId) -> Card:
    """Give a card of the programme, whatever its state. Raises UnknownCard."""
    card = await work.cards.get(card_id)
    if card is None or card.programme_id != programme_id:
        raise UnknownCard
    return card
