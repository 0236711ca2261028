"""What a phone was texted: the secrets of the messages that wait in the outbox."""

import secrets

from offers.engine.sealing import unseal
from offers.flows.verify_phone import VerifyPhone
from offers.model.message import Lane
from offers.store.store import Store
from tests.clock import SettableClock

PHONE_KEY = b"p" * 32


def verifying(store: Store, clock: SettableClock) -> VerifyPhone:
    return VerifyPhone(store, clock, secrets.token_bytes, PHONE_KEY)


async def last_texted(store: Store, clock: SettableClock, phone: str) -> str:
    """Give the code or the link of the last message to a phone."""
    items = await store.reading.outbox.claim(Lane.SMS, claim=secrets.token_hex(4), at=clock(), lease_s=0)
    own = [item for item in items if item.payload["phone"] == phone]
    return unseal(own[-1].payload["sealed"], PHONE_KEY, bound_to=own[-1].key)
