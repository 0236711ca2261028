"""The coffee house of the tests: its programme, its till, who joins and what they buy."""

from datetime import datetime
from decimal import Decimal

from offers.engine.calendar import business_day
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Application, Enrolment, Given
from offers.model.consent import Purpose
from offers.model.design import Colours
from offers.model.ids import KeyId, MerchantId, OutletId, ProgrammeId
from offers.model.programme import DiscountLevel, Language, LocalText, Outlet, Programme, Terms, Till
from offers.model.purchase import Line, Purchase

CODE_KEY = b"k" * 32
LEVELS = (
    DiscountLevel(name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=500_000, discount_bp=300),
    DiscountLevel(name=LocalText(ru="Золото", en="Gold"), spend_threshold_minor=2_000_000, discount_bp=750),
)
PROGRAMME = Programme(
    id=ProgrammeId("p1"),
    slug="coffee",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(accrual_bp=500, levels=LEVELS),
)
DESIGN = starter_design(PROGRAMME.id, colours=Colours(background="#3b2a20", foreground="#fff6e9", label="#e8b76a"))
"""The main design of the coffee house; a test that wants these colours keeps it."""
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
CONSENT = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")


def application(
    *, phone: str | None = None, telegram_id: int | None = None, language: Language = Language.RU
) -> Application:
    return Application(language=language, source="test", consents=(CONSENT,), phone=phone, telegram_id=telegram_id)


def coffee_for(enrolment: Enrolment, amount_minor: int, *, order: str, at: datetime, points: int = 0) -> Purchase:
    """Make a purchase of one line on the local day of `at`."""
    return Purchase(
        card_id=enrolment.card.id,
        order_ref=order,
        business_day=business_day(at, TILL.outlet.zone),
        lines=(Line(sku="c", category="coffee", quantity=Decimal(1), unit_price_minor=amount_minor),),
        currency="RUB",
        points_to_redeem=points,
        at=at,
        body_digest=order,
    )
