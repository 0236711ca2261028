"""Re-issue a card: the old one is voided in every wallet, and a new one with new names and codes takes its place."""

from dataclasses import dataclass
from datetime import datetime

from offers.engine.calendar import business_day, end_of_local_day
from offers.engine.new_card import successor
from offers.flows.block_card import MAX_NOTE, Blocking, find_card
from offers.flows.put_layer import move_layers
from offers.flows.tell_outbox import event_item
from offers.model.audit import AuditAction
from offers.model.card import Block, Card, CardState
from offers.model.card_errors import TooManyReissues
from offers.model.clock import Clock
from offers.model.errors import CardNotActive
from offers.model.events import CardStateChanged
from offers.model.ids import CardId, Chance
from offers.model.programme import Programme
from offers.model.quota import Quota
from offers.store.store import Store
from offers.store.work import Work

DAILY_LIMIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """The card that is voided now, and the one in its place."""

    old: Card
    new: Card


@dataclass(frozen=True, slots=True)
class ReissueCard:
    """Re-issue once: asked again for the old card, the same new one is the answer.

    Points, level, coupons and the bot are the member's, so they stay, and layers go on with the new card; serial, Apple
    token and the keys of all codes are new, and whoever shows an old code is refused with `card_replaced`.
    `daily_limit` new cards a member may get in a local day. Raises UnknownCard, CardNotActive (voided, but not by a new
    one), TooManyReissues, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance
    daily_limit: int = DAILY_LIMIT

    async def __call__(self, programme: Programme, card_id: CardId, blocking: Blocking) -> Reissue:
        return await self.store.transact(lambda work: self._reissue(work, programme, card_id, blocking))

    async def _reissue(self, work: Work, programme: Programme, card_id: CardId, blocking: Blocking) -> Reissue:
        old = await find_card(work, programme.id, card_id)
        if old.replaced_by is not None:
            return Reissue(old=old, new=await find_card(work, programme.id, old.replaced_by))
        if old.state is CardState.VOIDED:
            raise CardNotActive(state=old.state)
        at = self.clock()
        if not await work.quotas.take(_quota(programme, old, self.daily_limit, at)):
            raise TooManyReissues(limit=self.daily_limit)
        new = successor(old, at, self.chance)
        block = Block(reason=blocking.reason, note=blocking.note.strip()[:MAX_NOTE], by=blocking.by, at=at)
        if not await work.cards.replace(old, new, block):
            raise CardNotActive(state=CardState.VOIDED)
        await move_layers(work, old, new, at=at)
        await self._tell(work, old, new, block)
        return Reissue(old=await find_card(work, programme.id, old.id), new=new)

    async def _tell(self, work: Work, old: Card, new: Card, block: Block) -> None:
        """Write down who did it, and have the wallets void the old card and the bot tell of the new one."""
        said: dict[str, int | str] = {
            "member": old.member_id,
            "new_card": new.id,
            "reason": block.reason.value,
            "note": block.note,
        }
        await work.audit.append(
            old.programme_id, AuditAction.CARD_REPLACED, staff_id=block.by, subject=old.id, facts=said, at=block.at
        )
        event = CardStateChanged(
            key=f"card:{old.id}:replaced",
            programme_id=old.programme_id,
            member_id=old.member_id,
            at=block.at,
            card_id=old.id,
            state=CardState.VOIDED.value,
            reason=block.reason.value,
            replaced_by=new.id,
        )
        await work.outbox.put([event_item(event)])


def _quota(programme: Programme, card: Card, limit: int, at: datetime) -> Quota:
    day = business_day(at, programme.zone)
    ends_at = end_of_local_day(at, programme.zone, days=0)
    return Quota(key=f"reissue:{card.member_id}:{day}", limit=limit, ends_at=ends_at)
