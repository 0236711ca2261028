"""The way out to Google: classes for what all cards share, one smallest change per card, the newest state each time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from offers.flows.find_common_looks import FindCommonLooks
from offers.flows.look_at_card import CardSight, LookAtCard
from offers.flows.spread_look import CLASS_CHANGED
from offers.model.errors import UnknownCard
from offers.model.ids import CardId
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome
from offers.model.message import RetryLater as TryAgain
from wallet.google import outcomes as google
from wallet.google.updates import UNCHANGED, CardUpdates, Update, is_unchanged, waits_for_a_turn

ALARM_PAUSE_S = 300.0
AT_ONCE = 20
_PASSING = frozenset({"class_not_found", "unauthorised"})
_ALARMING = frozenset({"token_refused", "permission_denied", "api_disabled"})
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleChannel:
    """Delivers in the order of the batch, which is that of priorities: balances, then banners, then bulk work."""

    updates: CardUpdates
    look_at_card: LookAtCard
    find_looks: FindCommonLooks
    lane: Lane = Lane.GOOGLE

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        outcomes: dict[str, Outcome] = {}
        cards = [item for item in items if item.kind != CLASS_CHANGED]
        # A class is one call for all of its cards, so it never waits for a batch of them.
        for item in items:
            if item.kind == CLASS_CHANGED:
                outcomes[item.key] = await self._tell_classes(item)
        if cards:
            outcomes |= await self._tell_cards(cards)
        return [outcomes[item.key] for item in items]

    async def _tell_classes(self, item: OutboxItem) -> Outcome:
        """Tell the classes of a look; one that Google never had is told with its first card."""
        cards, told = self.updates.cards, 0
        for programme, common in await self.find_looks(item.programme_id, item.payload["design"]):
            parent = cards.composer.common(programme, common.design, common.look)
            if not await cards.classes.is_known(parent.id):
                continue
            outcome = await cards.classes.tell(parent, attempt=item.attempts - 1)
            if not isinstance(outcome, google.Done):
                return _outcome(outcome)
            told += 1
        return Delivered(note=f"{told} classes" if told else "no class of it is at Google")

    async def _tell_cards(self, items: Sequence[OutboxItem]) -> dict[str, Outcome]:
        gate = asyncio.Semaphore(AT_ONCE)
        newest = {CardId(item.payload["card_id"]): item for item in items}
        found = await asyncio.gather(*(self._look(card_id, gate) for card_id in newest))
        of_cards: dict[CardId, Outcome] = dict.fromkeys(newest, Dropped(reason="the card is gone"))
        ready = []
        for item, sight in zip(newest.values(), found, strict=True):
            if sight is not None:
                unready = await self.updates.cards.prepare(sight, attempt=item.attempts - 1)
                if unready is None:
                    ready.append((sight, "again" in item.payload, item.attempts - 1))
                else:
                    of_cards[sight.card.id] = _outcome(unready)
        updates = await self.updates.prepare(ready)
        for update, outcome in zip(updates, await self.updates.tell(updates), strict=True):
            of_cards[update.sight.card.id] = await self._of_card(update, outcome)
        return {item.key: of_cards[CardId(item.payload["card_id"])] for item in items}

    async def _look(self, card_id: CardId, gate: asyncio.Semaphore) -> CardSight | None:
        async with gate:
            try:
                return await self.look_at_card.by_id(card_id)
            except UnknownCard:
                return None

    async def _of_card(self, update: Update, outcome: google.Outcome) -> Outcome:
        await self.updates.cards.forget_class_if_missing(update.written, outcome)
        if isinstance(outcome, google.Done):
            version = f"version {update.sight.card.version}"
            return Delivered(note=f"{version}: {UNCHANGED}" if is_unchanged(update) else version)
        return _outcome(outcome)


def _outcome(outcome: google.Outcome) -> Outcome:
    match outcome:
        case google.Done():
            return Delivered()
        case google.RetryLater():
            whole_lane = waits_for_a_turn(outcome)
            return TryAgain(reason=outcome.reason, after_s=outcome.after_s, whole_lane=whole_lane)
        case google.Refused():
            return _refused(outcome)


def _refused(outcome: google.Refused) -> Outcome:
    if outcome.code in _ALARMING:
        _log.error("Google refuses this issuer", code=outcome.code, reason=outcome.reason)
        return TryAgain(reason=outcome.reason, after_s=ALARM_PAUSE_S, whole_lane=True)
    if outcome.code in _PASSING:
        return TryAgain(reason=outcome.reason)
    return Dropped(reason=f"{outcome.code}: {outcome.reason}")
