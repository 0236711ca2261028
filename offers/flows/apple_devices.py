"""Apple devices that carry cards: they register, ask what changed, leave, and complain."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from offers.model.card import AppleRegistration, Card
from offers.model.clock import Clock
from offers.model.errors import Unauthorized
from offers.model.ids import ProgrammeId
from offers.store.store import Store


@dataclass(frozen=True, slots=True)
class AppleDevices:
    """What Apple's pass web service asks of us. A wrong token and an unknown serial look the same: Unauthorized."""

    store: Store
    clock: Clock

    async def allowed_card(self, serial: str, token: str | None) -> Card:
        """Give the card a device may see. Raises Unauthorized."""
        return _allowed(await self.store.reading.cards.by_serial(serial), token)

    async def register(
        self, *, device_id: str, pass_type: str, serial: str, token: str | None, push_token: str
    ) -> bool:
        """Keep the device's push token; True when it was not registered before. Raises Unauthorized."""
        card = await self.allowed_card(serial, token)
        registration = AppleRegistration(
            device_id=device_id,
            pass_type=pass_type,
            serial=serial,
            card_id=card.id,
            push_token=push_token,
            registered_at=self.clock(),
            programme_id=card.programme_id,
            design=card.design,
        )
        return await self.store.transact(lambda work: work.devices.register(registration))

    async def unregister(self, *, device_id: str, pass_type: str, serial: str, token: str | None) -> bool:
        """Forget a registration; False when there was none. Raises Unauthorized."""
        await self.allowed_card(serial, token)
        return await self.store.reading.devices.unregister(device_id, pass_type, serial)

    async def cards_on(self, device_id: str, pass_type: str) -> list[Card]:
        registrations = await self.store.reading.devices.of_device(device_id, pass_type)
        return await self.store.reading.cards.by_serials([each.serial for each in registrations])

    async def carrying(self, serials: list[str]) -> list[AppleRegistration]:
        return await self.store.reading.devices.of_serials(serials)

    async def everybody(self, programme_id: ProgrammeId, *, design: str, after: str, limit: int) -> list[str]:
        """Give the next push tokens of the phones that carry a card of a programme, each once, in their order."""
        return await self.store.reading.devices.tokens_of(programme_id, design=design, after=after, limit=limit)

    async def forget_token(self, push_token: str, *, unless_after: datetime | None) -> int:
        """Drop a dead token's registrations, but not one made after the instant Apple names."""
        return await self.store.reading.devices.forget_token(push_token, unless_after=unless_after)

    async def fetched(self, card: Card) -> None:
        """Note that a phone has the card as it is in this version: it owes no answer to earlier pushes."""
        await self.store.reading.shown.note_fetched(card, at=self.clock())


def _allowed(card: Card | None, token: str | None) -> Card:
    """Compare in constant time, also when there is no such card."""
    expected = card.apple_token if card else "no such card"
    if not hmac.compare_digest(expected.encode(), (token or "").encode()) or card is None:
        raise Unauthorized
    return card
