"""Cards changed at Google: what differs is sent, as little of it as tells it all, many cards to a request."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from offers.engine.smallest_patch import patch_from_any
from offers.flows.keep_shown import KeepShown
from offers.flows.let_ring import LetRing
from offers.flows.look_at_card import CardSight
from offers.model.card import Announcement
from offers.model.notice import NoticeKind
from offers.model.shown import Shown, Wallet
from wallet.google.cards import GoogleCards
from wallet.google.class_bodies import NEWS
from wallet.google.client import NO_TURN, Change, GoogleWalletClient
from wallet.google.kinds import Kind, Resource
from wallet.google.messages import news_said
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater
from wallet.google.veil import unveiled, veiled

NOTIFY: Final = {"notifyPreference": "NOTIFY_ON_UPDATE"}
RINGING_FIELDS: Final = frozenset({"loyaltyPoints", "secondaryLoyaltyPoints", "rewardsTier"})
"""Fields of a loyalty object whose change Google lets ring; the text is Google's own."""
_OF_A_BALANCE: Final = frozenset({Announcement.BALANCE, Announcement.LEVEL})
UNCHANGED: Final = "nothing changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One card to be told: as seen now, as composed for Google, as shown before. `again` tells the whole of it."""

    sight: CardSight
    written: Resource
    shown: Shown
    again: bool = False
    attempt: int = 0

    @property
    def known(self) -> list[dict[str, Any]]:
        """Give every body Google may have; none: it is not known to have any."""
        return [] if self.again or self.shown.body is None else [self.shown.body, *self.shown.sent]

    @property
    def kept(self) -> dict[str, Any]:
        """Give the body as it may be remembered."""
        return veiled(self.written.body)

    @property
    def part(self) -> dict[str, Any]:
        """Give what has to be sent so that Google has the card as it is."""
        return unveiled(patch_from_any(self.known, self.kept), self.written.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdates:
    """Tells Google of cards and remembers what it was told, before and after."""

    cards: GoogleCards
    shown: KeepShown
    ring: LetRing

    @property
    def client(self) -> GoogleWalletClient:
        return self.cards.client

    async def prepare(self, sights: Sequence[tuple[CardSight, bool, int]]) -> list[Update]:
        """Write the cards down beside what they showed; each comes with whether all of it is told, and its attempt."""
        shown = await self.shown.of([sight for sight, _, _ in sights])
        written = await asyncio.gather(*(self.cards.composer.card(sight) for sight, _, _ in sights))
        return [
            Update(sight=sight, written=each, shown=shown[sight.card.id], again=again, attempt=attempt)
            for (sight, again, attempt), each in zip(sights, written, strict=True)
        ]

    async def tell(self, updates: Sequence[Update]) -> list[Outcome]:
        """Send what differs, in the order given, as fast as the issuer may. An outcome for each."""
        parts = [update.part for update in updates]
        outcomes: dict[int, Outcome] = {}
        changes: list[tuple[int, Change]] = []
        for number, (update, part) in enumerate(zip(updates, parts, strict=True)):
            if update.known and not part:
                outcomes[number] = Done(body={})
            else:
                changes.append((number, await self._change(update, part)))
        await self.shown.about_to_send([_with_body_on_its_way(updates[number]) for number, _ in changes])
        while changes:
            attempt = updates[changes[0][0]].attempt
            answers = await self.client.change_some([change for _, change in changes], attempt=attempt)
            answered, changes = changes[: len(answers)], changes[len(answers) :]
            for (number, change), answer in zip(answered, answers, strict=True):
                outcomes[number] = await self._follow_up(updates[number], change, answer)
        result = [outcomes[number] for number in range(len(updates))]
        await self._remember(updates, result)
        for update, outcome in zip(updates, result, strict=True):
            if isinstance(outcome, Done):
                await self._say_news(update)
        return result

    async def _change(self, update: Update, part: Mapping[str, Any]) -> Change:
        written = update.written
        if not update.known:
            is_new = not update.again and update.shown.told_at is None and not update.shown.sent
            return Change(kind=written.kind, resource_id=written.id, part=written.body, is_new=is_new)
        rings = await self._may_ring(update, part)
        return Change(kind=written.kind, resource_id=written.id, part={**part, **(NOTIFY if rings else {})})

    async def _may_ring(self, update: Update, part: Mapping[str, Any]) -> bool:
        card = update.sight.card
        if update.written.kind is not Kind.OBJECT or not RINGING_FIELDS & part.keys():
            return False
        if card.announcement not in _OF_A_BALANCE:
            return False
        # A balance may be seen a moment before the version that tells of it: what rings is named by both.
        rings = json.dumps({name: part[name] for name in sorted(RINGING_FIELDS & part.keys())})
        digest = hashlib.blake2b(rings.encode(), digest_size=6).hexdigest()
        key = f"v{card.version}:{digest}"
        return await self.ring(Wallet.GOOGLE, card.id, key=key, kind=NoticeKind.BALANCE)

    async def _follow_up(self, update: Update, change: Change, answer: Outcome) -> Outcome:
        """Do what the answer asks for: insert what Google has not, patch what it has, be quiet when it rang enough."""
        code = answer.code if isinstance(answer, Refused) else ""
        written, attempt = update.written, update.attempt
        if code == "notify_quota_exceeded":
            await self.ring.wallet_said_no(Wallet.GOOGLE, update.sight.card.id)
            quiet = {name: value for name, value in change.part.items() if name not in NOTIFY}
            return await self.client.change(replace(change, part=quiet), attempt=attempt)
        if code == "already_exists":
            return await self.client.patch(written.kind, written.body, attempt=attempt)
        if code == "not_found" and change.is_new:
            return Refused(code="class_not_found", reason=answer.reason if isinstance(answer, Refused) else "")
        if code == "not_found":
            return await self.client.put(written.kind, written.body, expect_new=True, attempt=attempt)
        return answer

    async def _say_news(self, update: Update) -> None:
        """Say aloud what was put on this card and not on all of them; its text stands on the card either way."""
        card, face = update.sight.card, self.cards.composer.face(update.sight)
        is_own = face.look.text is not None and any(
            each["id"] == NEWS for each in update.written.body["textModulesData"]
        )
        if face.look.text is not None and is_own and card.announcement is Announcement.NEWS and update.part:
            said = news_said(face.look.text, version=card.version, first=face.language)
            await self.cards.messages.say(card.id, update.written, said)

    async def _remember(self, updates: Sequence[Update], outcomes: Sequence[Outcome]) -> None:
        told = []
        for update, outcome in zip(updates, outcomes, strict=True):
            if isinstance(outcome, Done):
                version, body = update.sight.card.version, update.kept
                told.append(replace(update.shown, version=version, body=body))
            elif isinstance(outcome, Refused):
                await self.shown.refused(update.shown, f"{outcome.code}: {outcome.reason}")
        await self.shown.told(told, answers=False)


def is_unchanged(update: Update) -> bool:
    return bool(update.known) and not update.part


def waits_for_a_turn(outcome: RetryLater) -> bool:
    return outcome.reason == NO_TURN


def _with_body_on_its_way(update: Update) -> Shown:
    return replace(update.shown, sent=[update.kept])
