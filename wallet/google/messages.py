"""Words on a Google card: they ring while the card's day allows it, and are shown silently after that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from locales.catalogue import gettext
from offers.flows.let_ring import LetRing
from offers.model.clock import Clock
from offers.model.coupon import Coupon
from offers.model.ids import CardId
from offers.model.notice import NoticeKind
from offers.model.programme import Language, LocalText
from offers.model.shown import Wallet
from wallet.google.bodies import message_body
from wallet.google.client import GoogleWalletClient
from wallet.google.kinds import Resource
from wallet.google.outcomes import Done, Outcome, Refused
from wallet.google.parts import Body
from wallet.google.texts import both
from web.face_texts import day_text

SHOWN_FOR: Final = timedelta(days=30)
KEPT: Final = 5
"""Google keeps ten messages on a card and refuses the eleventh: then the newest of the old ones stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message. `key` names it among the card's; `until` is when it goes away, a month later if it does not say."""

    key: str
    header: LocalText
    text: LocalText
    first: Language
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMessages:
    client: GoogleWalletClient
    ring: LetRing
    clock: Clock

    async def say(self, card_id: CardId, card: Resource, said: Said, *, attempt: int = 0) -> Outcome:
        """Put a message on a card Google has. Said again under one key it rings no second time."""
        rings = await self.ring(Wallet.GOOGLE, card_id, key=said.key, kind=NoticeKind.OTHER)
        message = self._message(said, rings=rings)
        outcome = await self.client.add_message(card.kind, card.id, message, attempt=attempt)
        if isinstance(outcome, Refused) and outcome.code == "bad_request" and await self._make_room(card):
            outcome = await self.client.add_message(card.kind, card.id, message, attempt=attempt)
        if rings and isinstance(outcome, Done) and outcome.quiet:
            await self.ring.wallet_said_no(Wallet.GOOGLE, card_id)
        return outcome

    def _message(self, said: Said, *, rings: bool) -> Body:
        at = self.clock()
        until = said.until if said.until is not None and said.until > at else at + SHOWN_FOR
        return message_body(
            message_id=said.key,
            header=said.header,
            text=said.text,
            first=said.first,
            message_type="TEXT_AND_NOTIFY" if rings else "TEXT",
            shown=(at, until),
        )

    async def _make_room(self, card: Resource) -> bool:
        """Take the oldest messages away; False when there are few, so that something else was wrong."""
        held = await self.client.get(card.kind, card.id)
        messages = held.body.get("messages", []) if isinstance(held, Done) else []
        if len(messages) <= KEPT:
            return False
        part = {"id": card.id, "messages": messages[-KEPT:]}
        return isinstance(await self.client.patch(card.kind, part), Done)


def coupon_said(coupon: Coupon, until: datetime | None, *, zone: str, first: Language) -> Said:
    """Tell of a coupon that came to the card."""

    def words(language: Language) -> str:
        title = coupon.title(language)
        if until is None:
            return gettext(language.value, "“{title}” is on your card", title=title)
        day = day_text(language, until, zone)
        return gettext(language.value, "“{title}” is on your card, valid until {day}", title=title, day=day)

    text = LocalText(ru=words(Language.RU), en=words(Language.EN))
    return Said(key=f"coupon-{coupon.id}", header=both("A new coupon"), text=text, first=first, until=until)


def news_said(text: LocalText, *, version: int, first: Language) -> Said:
    """Say what was put on this card alone."""
    return Said(key=f"news-{version}", header=both("News"), text=text, first=first)
