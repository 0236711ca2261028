"""A large programme's members: half of them carry a Google card, half an Apple one on a phone of its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from offers.model.card import AppleRegistration, Card, CardState
from offers.model.ids import CardId, KeyId, MemberId, MerchantId, OutletId, ProgrammeId
from offers.model.member import Counters, Member
from offers.model.programme import DiscountLevel, Language, LocalText, Outlet, Programme, Terms, Till
from offers.model.purchase import Line, Purchase
from offers.store.codec import to_document
from offers.store.store import Store

PASS_TYPE = "pass.dev.tessera.card"
SEGMENT = "regulars"
CHUNK = 5_000
PROGRAMME = Programme(
    id=ProgrammeId("day"),
    slug="day",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(
        accrual_bp=500,
        levels=(
            DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=200_000, discount_bp=300),
        ),
    ),
)
TILL = Till(
    programme=PROGRAMME,
    outlet=Outlet(
        id=OutletId("o1"),
        programme_id=PROGRAMME.id,
        merchant_id=MerchantId("m1"),
        slug="main",
        name="Main",
        zone="Europe/Moscow",
    ),
    key_id=KeyId("k1"),
)


@dataclass(frozen=True, slots=True)
class Scale:
    google: int
    apple: int
    purchases: int
    segment: int


def serial(number: int) -> str:
    return f"{number:032x}"


def card_id(number: int) -> CardId:
    return CardId(f"card{number:016d}")


def token(number: int) -> str:
    return f"{number:064x}"


def number_of(token_or_serial: str) -> int:
    return int(token_or_serial, 16)


def purchase(number: int, order: int, amount_minor: int, *, at: datetime) -> Purchase:
    return Purchase(
        card_id=card_id(number),
        order_ref=f"order-{order}",
        business_day=at.date().isoformat(),
        lines=(Line(sku="c", category="coffee", quantity=Decimal(1), unit_price_minor=amount_minor),),
        currency="RUB",
        points_to_redeem=0,
        at=at,
        body_digest=f"{order}",
    )


def times(scale: Scale, opening: datetime, dice: random.Random) -> list[datetime]:
    """Say when each purchase happens: over a day of fifteen hours, a third of them in the two happy ones."""
    happy = opening + timedelta(hours=10)
    moments = []
    for number in range(scale.purchases):
        if number % 3:
            moments.append(opening + timedelta(hours=15) * dice.random())
        else:
            moments.append(happy + timedelta(hours=2) * dice.random())
    return sorted(moments)


async def settle_in(store: Store, scale: Scale, *, at: datetime) -> None:
    """Write the programme and its people straight into the database, as a year of enrolling would have left them."""
    await store.reading.programmes.keep(PROGRAMME)
    joined = at - timedelta(days=30)
    everybody = scale.google + scale.apple
    for start in range(0, everybody, CHUNK):
        numbers = range(start, min(start + CHUNK, everybody))
        await store.database["members"].insert_many([_member(number, scale, joined) for number in numbers])
        await store.database["cards"].insert_many([_card(number, scale, joined) for number in numbers])
        if phones := list(_phones(numbers, scale, joined)):
            await store.database["devices"].insert_many(phones)


def _member(number: int, scale: Scale, joined: datetime) -> dict[str, Any]:
    return to_document(
        Member(
            id=MemberId(f"member{number:014d}"),
            programme_id=PROGRAMME.id,
            language=Language.RU if number % 2 else Language.EN,
            source="day",
            enrolled_at=joined,
            counters=Counters(),
            segments=(SEGMENT,) if number < scale.segment else (),
        )
    )


def _card(number: int, scale: Scale, joined: datetime) -> dict[str, Any]:
    return to_document(
        Card(
            id=card_id(number),
            programme_id=PROGRAMME.id,
            member_id=MemberId(f"member{number:014d}"),
            serial=serial(number),
            apple_token=f"{number:040d}",
            state=CardState.ACTIVE,
            issued_at=joined,
            version=1,
            last_modified=joined,
            google_saved=number < scale.google,
        )
    )


def _phones(numbers: range, scale: Scale, joined: datetime) -> Iterator[dict[str, Any]]:
    for number in numbers:
        if number >= scale.google:
            device = f"phone-{number}"
            registration = AppleRegistration(
                device_id=device,
                pass_type=PASS_TYPE,
                serial=serial(number),
                card_id=card_id(number),
                push_token=token(number),
                registered_at=joined,
                programme_id=PROGRAMME.id,
            )
            yield to_document(registration, key=f"{device}:{PASS_TYPE}:{serial(number)}")
