"""The way out to Google: one PATCH per changed card, with the newest state."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from offers.flows.look_at_card import LookAtCard
from offers.model.errors import UnknownCard
from offers.model.ids import CardId
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome
from offers.model.message import RetryLater as TryAgain
from wallet.google.cards import GoogleCards
from wallet.google.outcomes import Done, Refused, RetryLater

ALARM_PAUSE_S = 300.0
AT_ONCE = 20
_PASSING = frozenset({"class_not_found"})
_ALARMING = frozenset({"token_refused", "permission_denied"})
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleChannel:
    """Patches each card of a batch once, whatever the number of its changes: what is read now is the latest."""

    cards: GoogleCards
    look_at_card: LookAtCard
    lane: Lane = Lane.GOOGLE

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        gate = asyncio.Semaphore(AT_ONCE)
        newest = {item.payload["card_id"]: item for item in items}
        async with asyncio.TaskGroup() as tasks:
            patches = {key: tasks.create_task(self._patch(item, gate)) for key, item in newest.items()}
        return [patches[item.payload["card_id"]].result() for item in items]

    async def _patch(self, item: OutboxItem, gate: asyncio.Semaphore) -> Outcome:
        async with gate:
            try:
                sight = await self.look_at_card.by_id(CardId(item.payload["card_id"]))
            except UnknownCard:
                return Dropped(reason="the card is gone")
            outcome = await self.cards.keep_current(sight, attempt=item.attempts - 1)
        match outcome:
            case Done():
                return Delivered(note=f"version {sight.card.version}")
            case RetryLater():
                return TryAgain(reason=outcome.reason, after_s=outcome.after_s)
            case Refused():
                return _refused(outcome)


def _refused(outcome: Refused) -> Outcome:
    if outcome.code in _ALARMING:
        _log.error("Google refuses this issuer", code=outcome.code, reason=outcome.reason)
        return TryAgain(reason=outcome.reason, after_s=ALARM_PAUSE_S, whole_lane=True)
    if outcome.code in _PASSING:
        return TryAgain(reason=outcome.reason)
    return Dropped(reason=f"{outcome.code}: {outcome.reason}")
