"""Review levels: note those that lapsed, and tell members in time that theirs is about to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offers.engine.held_levels import counts_from, lapses_at, level_called
from offers.engine.level_terms import is_kept, is_lower, look_again_at, standing_of
from offers.flows.find_standing import find_held
from offers.flows.keep_level import tell_of_loss
from offers.model.clock import Clock
from offers.model.errors import Busy
from offers.model.held_level import HeldLevel
from offers.model.ids import MemberId
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

BATCH = 200
MAX_BATCHES = 500
LEVEL_ENDING = "LevelEnding"
"""The kind of message the bot speaks of: the level is lost after the local day `last_day`, unless reached again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """How many levels were noted as lost, and how many members were told that theirs will be."""

    lost: int = 0
    warned: int = 0

    def __add__(self, other: "Reviewed") -> "Reviewed":
        return Reviewed(lost=self.lost + other.lost, warned=self.warned + other.warned)


@dataclass(frozen=True, slots=True)
class ReviewLevels:
    """Look at every member of a programme whose level is due, once for each term.

    Nothing is decided by it: whoever asks for a level is told of it as of now. The member keeps when to look next, in
    the transaction of the news, so a second sweeper and a crash change nothing.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme) -> Reviewed:
        reviewed = Reviewed()
        for _ in range(MAX_BATCHES if is_kept(programme.terms) else 0):
            due = await self.store.reading.members.levels_due(programme.id, before=self.clock(), limit=BATCH)
            done = [await self._try(programme, member.id) for member in due]
            reviewed = sum((each for each in done if each), reviewed)
            if len(due) < BATCH or not any(done):
                break
        return reviewed

    async def _try(self, programme: Programme, member_id: MemberId) -> Reviewed | None:
        try:
            return await self.store.transact(lambda work: self._review(work, programme, member_id))
        except Busy:
            return None

    async def _review(self, work: Work, programme: Programme, member_id: MemberId) -> Reviewed:
        member, at = await work.merges.as_enrolled(member_id), self.clock()
        if member is None or member.merged_into is not None or member.held_level is None:
            await work.members.hold_level(member_id, member.held_level if member else None, look_again_at=None)
            return Reviewed()
        terms = programme.terms
        held = await find_held(work, programme, member, at=at)
        told = Reviewed()
        if is_lower(terms, held, member.held_level):
            await tell_of_loss(work, programme, member, held, at=at)
            told = Reviewed(lost=1)
            due_at = look_again_at(terms, held)
        else:
            due_at = look_again_at(terms, held, after=at)
            is_near = due_at is not None and due_at == lapses_at(terms.level_rules, member.held_level)
            if held == member.held_level and is_near and await self._warn(work, programme, member, held, at):
                told = Reviewed(warned=1)
        await work.members.hold_level(member.id, held, look_again_at=due_at)
        return told

    async def _warn(self, work: Work, programme: Programme, member: Member, held: HeldLevel, at: datetime) -> bool:
        """Tell the member, unless what counts now would keep the level, or there is no chat to tell it in."""
        terms, zone = programme.terms, programme.zone
        spend_minor = await work.receipts.spend_since(member.id, counts_from(terms.level_rules, at, zone))
        if standing_of(terms, held, spend_minor, at=at, zone=zone).held != held:
            return False
        level, lapse = level_called(terms, held.level), lapses_at(terms.level_rules, held)
        if level is None or lapse is None or member.telegram_id is None or not member.telegram_open:
            return False
        last_day = (lapse - timedelta(milliseconds=1)).astimezone(ZoneInfo(zone)).date()
        item = OutboxItem(
            key=f"level:{member.id}:{lapse.isoformat()}:ending",
            lane=Lane.TELEGRAM,
            kind=LEVEL_ENDING,
            programme_id=programme.id,
            member_id=member.id,
            payload={
                "telegram_id": member.telegram_id,
                "level_ru": level.name.ru,
                "level_en": level.name.en,
                "last_day": last_day.isoformat(),
            },
            created_at=at,
            due_at=at,
        )
        await work.outbox.put([item])
        return True
