"""Write a text message for the outbox: what it must not tell to readers of the database is sealed."""

from dataclasses import dataclass, field
from datetime import datetime

from offers.engine.sealing import seal
from offers.model.ids import Chance, MemberId
from offers.model.message import Lane, OutboxItem
from offers.model.programme import Language, Programme

CODE = "phone_code"
CARD_LINK = "card_link"
NOBODY = MemberId("")
"""Whom a message to a phone is kept under: whether the phone is a member's is not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsWish:
    """One message: `secret` is the code or the link it brings; after `expires_at` it is not sent any more."""

    programme: Programme
    kind: str
    phone: str
    language: Language
    secret: str = field(repr=False)
    expires_at: datetime


def sms_item(wish: SmsWish, *, key: str, seal_key: bytes, chance: Chance, at: datetime) -> OutboxItem:
    """Make the item; its secret opens with the key of the item alone."""
    return OutboxItem(
        key=key,
        lane=Lane.SMS,
        kind=wish.kind,
        programme_id=wish.programme.id,
        member_id=NOBODY,
        payload={
            "phone": wish.phone,
            "language": wish.language.value,
            "programme": wish.programme.name(wish.language),
            "sealed": seal(wish.secret, seal_key, bound_to=key, chance=chance),
            "expires_at": wish.expires_at,
        },
        created_at=at,
        due_at=at,
    )
