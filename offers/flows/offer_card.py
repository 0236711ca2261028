"""Offer a card at the till: a link with the phone already filled in, for the person to agree and take the card by."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from offers.flows.verify_phone import take_sms_quotas
from offers.flows.write_sms import CARD_LINK, SmsWish, sms_item
from offers.model.clock import Clock
from offers.model.ids import Chance, new_id
from offers.model.programme import Language, Programme, Till
from offers.model.verification import CardOffer
from offers.store.store import Store
from offers.store.work import Work

LIFE = timedelta(hours=24)
SOURCE_PREFIX = "till-"
MAX_SOURCE = 64
_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The address to show or to open: nobody is a member before they agreed there."""

    link: str = field(repr=False)
    offer: CardOffer


@dataclass(frozen=True, slots=True)
class OfferCard:
    """Offer a card; whether the phone is a member's already is not told to the till.

    `sms_key` is None where no text messages can be sent. Sending raises TooManyPhoneCodes.
    """

    store: Store
    clock: Clock
    chance: Chance
    public_url: str
    sms_key: bytes | None = field(default=None, repr=False)
    daily_limit: int = 2_000

    @property
    def can_send(self) -> bool:
        return self.sms_key is not None

    async def __call__(self, till: Till, *, phone: str | None, language: Language, send: bool) -> Offered:
        """Make a link that lives a day; with `send` it goes to the phone too, by a link of its own that proves it."""
        offered = self._make(till, phone=phone, sent=False)
        sent = self._make(till, phone=phone, sent=True) if send and phone and self.sms_key else None
        await self.store.transact(lambda work: self._keep(work, till.programme, offered, sent, language))
        return offered

    async def find(self, programme: Programme, token: str) -> CardOffer | None:
        """Give what a link's token stands for; None for one that is over or made up."""
        return await self.store.reading.verifications.offer(programme.id, _digest(token), at=self.clock())

    async def taken(self, offer: CardOffer) -> bool:
        """Note that somebody joined by it; False when somebody did before."""
        return await self.store.reading.verifications.take_offer(offer.id, at=self.clock())

    def _make(self, till: Till, *, phone: str | None, sent: bool) -> Offered:
        token, at = self.chance(_TOKEN_BYTES).hex(), self.clock()
        offer = CardOffer(
            id=_digest(token),
            programme_id=till.programme.id,
            outlet_id=till.outlet.id,
            source=f"{SOURCE_PREFIX}{till.outlet.slug}"[:MAX_SOURCE],
            phone=phone,
            sent=sent,
            offered_at=at,
            expires_at=at + LIFE,
        )
        link = f"{self.public_url.rstrip('/')}/join/{till.programme.slug}?claim={token}"
        return Offered(link=link, offer=offer)

    async def _keep(
        self, work: Work, programme: Programme, shown: Offered, sent: Offered | None, language: Language
    ) -> None:
        await work.verifications.put_offer(shown.offer)
        if sent is None or self.sms_key is None or sent.offer.phone is None:
            return
        phone, at, outlet = sent.offer.phone, sent.offer.offered_at, sent.offer.outlet_id
        # The till's own customers must not use up what one visitor's address may ask for: the outlet asks.
        address = f"outlet:{outlet}:{phone}"
        await take_sms_quotas(work, programme, phone, address, key=self.sms_key, limit=self.daily_limit, at=at)
        await work.verifications.put_offer(sent.offer)
        wish = SmsWish(
            programme=programme,
            kind=CARD_LINK,
            phone=phone,
            language=language,
            secret=sent.link,
            expires_at=sent.offer.expires_at,
        )
        key = f"sms:{new_id(at, self.chance)}"
        await work.outbox.put([sms_item(wish, key=key, seal_key=self.sms_key, chance=self.chance, at=at)])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
