"""The bench's own programme, till and members, and the purchases they make."""

from decimal import Decimal

from offers.engine.calendar import business_day
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.model.consent import Purpose
from offers.model.ids import KeyId, MerchantId, OutletId, ProgrammeId
from offers.model.programme import DiscountLevel, Language, LocalText, Outlet, Programme, Terms, Till
from offers.model.purchase import Line, Purchase
from offers.store.store import Store
from service.now import chance, now

LEVEL = DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=100_000, discount_bp=500)
PROGRAMME = Programme(
    id=ProgrammeId("p1"),
    slug="bench",
    name=LocalText(ru="Замер", en="Bench"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(levels=(LEVEL,)),
)
OUTLET = Outlet(
    id=OutletId("o1"),
    programme_id=PROGRAMME.id,
    merchant_id=MerchantId("m1"),
    slug="main",
    name="Main",
    zone="Europe/Moscow",
)
TILL = Till(programme=PROGRAMME, outlet=OUTLET, key_id=KeyId("k1"))


async def enrol_members(store: Store, number: int) -> list[Enrolment]:
    await store.reading.programmes.keep(PROGRAMME)
    given = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="bench")
    flow = EnrolMember(store, now, chance)
    return [
        await flow(
            PROGRAMME,
            Application(language=Language.EN, source="bench", consents=(given,), phone=f"+7000{each:07}"),
        )
        for each in range(number)
    ]


def purchase(member: Enrolment, order_ref: str) -> Purchase:
    """Make a basket of three lines under an order reference of the member's own."""
    at = now()
    lines = tuple(
        Line(sku=f"sku-{n}", category="coffee", quantity=Decimal(1), unit_price_minor=25_000) for n in range(3)
    )
    return Purchase(
        card_id=member.card.id,
        order_ref=f"{member.member.id}-{order_ref}",
        business_day=business_day(at, OUTLET.zone),
        lines=lines,
        currency="RUB",
        points_to_redeem=0,
        at=at,
        body_digest=order_ref,
    )
