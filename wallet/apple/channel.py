"""The way out to Apple's phones: a silent push per device, then the phone fetches the pass by itself."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from offers.engine.face_digest import face_digest
from offers.flows.apple_devices import AppleDevices
from offers.flows.keep_shown import KeepShown
from offers.flows.look_at_card import CardSight, LookAtCard, face_of
from offers.flows.spread_look import EVERYBODY_CHANGED
from offers.model.errors import UnknownCard
from offers.model.ids import CardId
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome
from offers.model.message import RetryLater as TryAgain
from offers.model.shown import Shown
from offers.model.updating import UpdateTerms
from wallet.apple.push_outcomes import BadToken, PushOutcome, Refused, RetryLater, Sent, Unregistered

ALARM_PAUSE_S: Final = 300.0
AT_ONCE: Final = 20
PAGE_S: Final = 2.0
"""How many seconds' worth of phones a page of a walk over all of them has."""
UNCHANGED: Final = "nothing changed"
_log = structlog.get_logger()


class Pusher(Protocol):
    """What pushes: the APNs client, or a bench's stand-in for all of Apple."""

    async def push_many(self, tokens: Iterable[str], *, topic: str) -> dict[str, PushOutcome]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleChannel:
    """Pushes every device that carries a changed card, once for all its changes in the batch; prunes dead tokens."""

    devices: AppleDevices
    look_at_card: LookAtCard
    shown: KeepShown
    apns: Pusher
    topic: str
    terms: UpdateTerms
    lane: Lane = Lane.APPLE

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        walks = [item for item in items if item.kind == EVERYBODY_CHANGED]
        outcomes = await self._of_cards([item for item in items if item.kind != EVERYBODY_CHANGED])
        for item in walks:
            outcomes[item.key] = await self._walk(item)
        return [outcomes[item.key] for item in items]

    async def _of_cards(self, items: Sequence[OutboxItem]) -> dict[str, Outcome]:
        if not items:
            return {}
        changed, outcomes = await self._changed(items)
        registrations = await self.devices.carrying(sorted({item.payload["serial"] for item, _ in changed}))
        carriers: dict[str, set[str]] = {}
        for each in registrations:
            carriers.setdefault(each.serial, set()).add(each.push_token)
        wanted = {item.key: _owed(item, carriers.get(item.payload["serial"], set())) for item, _ in changed}
        pushed = await self._push(set().union(*wanted.values()))
        told = []
        for item, shown in changed:
            mine = {token: pushed[token] for token in wanted[item.key]}
            outcomes[item.key] = _outcome(item, mine)
            if any(isinstance(outcome, Sent) for outcome in mine.values()):
                told.append(shown)
        await self.shown.told(told, answers=True)
        return outcomes

    async def _changed(self, items: Sequence[OutboxItem]) -> tuple[list[tuple[OutboxItem, Shown]], dict[str, Outcome]]:
        """Tell cards that look otherwise than they did when last pushed from those that do not, and from the gone."""
        gate = asyncio.Semaphore(AT_ONCE)
        sights = await asyncio.gather(*(self._look(CardId(item.payload["card_id"]), gate) for item in items))
        shown = await self.shown.of([sight for sight in sights if sight])
        changed: list[tuple[OutboxItem, Shown]] = []
        outcomes: dict[str, Outcome] = {}
        for item, sight in zip(items, sights, strict=True):
            if sight is None:
                outcomes[item.key] = Dropped(reason="the card is gone")
                continue
            before, look = shown[sight.card.id], self._digest(sight)
            if look == before.look and not item.payload.keys() & {"owed", "again"}:
                outcomes[item.key] = Delivered(note=UNCHANGED)
            else:
                changed.append((item, replace(before, look=look, version=sight.card.version)))
        return changed, outcomes

    async def _look(self, card_id: CardId, gate: asyncio.Semaphore) -> CardSight | None:
        async with gate:
            try:
                return await self.look_at_card.by_id(card_id)
            except UnknownCard:
                return None

    def _digest(self, sight: CardSight) -> str:
        look = self.look_at_card
        return face_digest(face_of(sight, code_key=look.code_key, at=look.clock()))

    async def _walk(self, item: OutboxItem) -> Outcome:
        """Push the next page of all phones of a look; the item remembers how far it came, and comes back for more.

        What APNs put off is pushed again with the next page.
        """
        payload, limit = item.payload, max(1, int(self.terms.bulk_per_s * PAGE_S))
        owed = set(payload.get("owed", ()))
        page = await self.devices.everybody(
            item.programme_id, design=payload["design"], after=payload["after"], limit=max(0, limit - len(owed)) or 1
        )
        pushed = await self._push({*page, *owed})
        if refused := _refusal(pushed):
            return refused
        later = {token: outcome for token, outcome in pushed.items() if isinstance(outcome, RetryLater)}
        sent = payload.get("sent", 0) + sum(isinstance(outcome, Sent) for outcome in pushed.values())
        if not page and not later:
            return Delivered(note=f"{sent} devices")
        pause_s = max([len(pushed) / self.terms.bulk_per_s, *(each.after_s for each in later.values() if not page)])
        after = page[-1] if page else payload["after"]
        on = {**payload, "after": after, "owed": sorted(later), "sent": sent}
        return TryAgain(reason=f"{sent} devices so far", after_s=pause_s, payload=on)

    async def _push(self, tokens: Iterable[str]) -> dict[str, PushOutcome]:
        pushed = await self.apns.push_many(sorted(tokens), topic=self.topic)
        for token, outcome in pushed.items():
            if isinstance(outcome, Unregistered):
                await self.devices.forget_token(token, unless_after=outcome.since)
            elif isinstance(outcome, BadToken):
                await self.devices.forget_token(token, unless_after=None)
        return pushed


def _owed(item: OutboxItem, tokens: set[str]) -> set[str]:
    """Give whom to push: all carriers, or on a retry those that are still owed a push."""
    return tokens & set(item.payload["owed"]) if "owed" in item.payload else tokens


def _refusal(pushed: Mapping[str, PushOutcome]) -> Outcome | None:
    """Stop the lane when Apple refuses the certificate or the request: every other push would be refused too."""
    refused = [outcome for outcome in pushed.values() if isinstance(outcome, Refused)]
    if not refused:
        return None
    _log.error("APNs refuses the certificate", status=refused[0].status, reason=refused[0].reason)
    return TryAgain(reason=f"refused: {refused[0].reason}", after_s=ALARM_PAUSE_S, whole_lane=True)


def _outcome(item: OutboxItem, pushed: Mapping[str, PushOutcome]) -> Outcome:
    if refused := _refusal(pushed):
        return refused
    later = {token: outcome for token, outcome in pushed.items() if isinstance(outcome, RetryLater)}
    if later:
        after_s = max(outcome.after_s for outcome in later.values())
        reason = next(iter(later.values())).reason
        return TryAgain(reason=reason, after_s=after_s, payload={**item.payload, "owed": sorted(later)})
    sent = sum(isinstance(outcome, Sent) for outcome in pushed.values())
    return Delivered(note=f"{sent} of {len(pushed)} devices") if pushed else Dropped(reason="no device carries it")
