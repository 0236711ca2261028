"""Remind of expiry: tell members once which points run out soon, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from offers.engine.bookkeeping import Reminder, catch_up, remind
from offers.engine.lots import available
from offers.flows.keep_movements import keep_movements
from offers.model.clock import Clock
from offers.model.errors import Busy
from offers.model.ledger import POINTS, Account
from offers.model.member import Member
from offers.model.message import Lane, OutboxItem
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

BATCH = 200
MAX_BATCHES = 500
POINTS_EXPIRING = "PointsExpiring"
"""The kind of message the bot speaks of: `points` run out after the local day `last_day`."""


@dataclass(frozen=True, slots=True)
class RemindOfExpiry:
    """Remind once of every day on which lots of a member run out, some days ahead, as the terms have it.

    The account keeps which ends were told of, in the transaction that puts the message, so a second sweeper and a crash
    change nothing; a day missed is made up for as long as the points still live. A member without an open chat is
    counted as told: there is nobody to tell.
    """

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme) -> int:
        """Give how many messages were put."""
        days = programme.terms.expiry_reminder_days
        told = 0
        for _ in range(MAX_BATCHES if days is not None else 0):
            before = self.clock() + timedelta(days=days or 0)
            due = await self.store.reading.accounts.due(
                "next_reminder_for", before=before, limit=BATCH, programme_id=programme.id
            )
            done = 0
            for account in due:
                sent = await self._try(programme, account)
                told, done = told + (sent or 0), done + (sent is not None)
            if len(due) < BATCH or not done:
                break
        return told

    async def _try(self, programme: Programme, due: Account) -> int | None:
        try:
            return await self.store.transact(lambda work: self._remind(work, programme, due))
        except Busy:
            return None

    async def _remind(self, work: Work, programme: Programme, due: Account) -> int:
        claimed = await work.accounts.claim(due.member_id, due.programme_id, due.currency)
        at = self.clock()
        account = await keep_movements(work, claimed, catch_up(claimed, at), cause="reminder", effective_at=at, at=at)
        account, reminders = remind(account, at, days=programme.terms.expiry_reminder_days or 0)
        await work.accounts.keep(account, [])
        member = await work.members.get(account.member_id)
        if member is None or member.telegram_id is None or not member.telegram_open or account.currency != POINTS:
            return 0
        items = [_item(programme, member, account, reminder, at) for reminder in reminders]
        await work.outbox.put(items)
        return len(items)


def _item(programme: Programme, member: Member, account: Account, reminder: Reminder, at: datetime) -> OutboxItem:
    last_day = _last_day(reminder, programme.zone)
    return OutboxItem(
        key=f"points_expiring:{member.id}:{account.currency}:{reminder.expires_at.isoformat()}",
        lane=Lane.TELEGRAM,
        kind=POINTS_EXPIRING,
        programme_id=programme.id,
        member_id=member.id,
        payload={
            "telegram_id": member.telegram_id,
            "points": reminder.points,
            "last_day": last_day.isoformat(),
            "balance": available(account, at),
        },
        created_at=at,
        due_at=at,
    )


def _last_day(reminder: Reminder, zone: str) -> date:
    """Give the last local day on which the points may be spent; their end is the instant at which it is over."""
    return (reminder.expires_at - timedelta(milliseconds=1)).astimezone(ZoneInfo(zone)).date()
