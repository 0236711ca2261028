"""A programme with members, tills and a clock, for the tests of the ledger on the real MongoDB."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from offers.engine.calendar import business_day
from offers.engine.lots import available
from offers.flows.enrol_member import Application, EnrolMember, Enrolment, Given
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.verify_ledger import Verdict, VerifyLedger
from offers.flows.void_purchase import VoidPurchase
from offers.model.consent import Purpose
from offers.model.ids import KeyId, MemberId, MerchantId, OutletId, ProgrammeId
from offers.model.ledger import POINTS, Account
from offers.model.programme import Language, LocalText, Outlet, Programme, Terms, Till
from offers.model.purchase import Line, Purchase, Receipt
from offers.store.store import Store
from tests.clock import SettableClock

NOON = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
ZONE = "Europe/Moscow"
TERMS = Terms(accrual_bp=1_000, transfer_daily_points=1_000_000)
"""Ten roubles are a point: a purchase of 100,000 kopecks gives 100 points."""
CONSENT = Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test")


@dataclass(slots=True)
class LedgerHouse:
    """Everything a test of the ledger does, at the time of its clock."""

    store: Store
    clock: SettableClock
    programme: Programme
    orders: int = 0

    @property
    def till(self) -> Till:
        outlet = Outlet(
            id=OutletId("o1"),
            programme_id=self.programme.id,
            merchant_id=MerchantId("m1"),
            slug="main",
            name="Main",
            zone=ZONE,
        )
        return Till(programme=self.programme, outlet=outlet, key_id=KeyId("k1"))

    def till_of(self, merchant: str) -> Till:
        outlet = replace(self.till.outlet, id=OutletId(f"o-{merchant}"), merchant_id=MerchantId(merchant))
        return replace(self.till, outlet=outlet)

    async def agree(self, **terms: object) -> None:
        """Change the programme's terms."""
        changed = replace(self.programme.terms, **terms)  # type: ignore[arg-type]  # a test names the fields it means
        self.programme = replace(self.programme, terms=changed)
        await self.store.reading.programmes.keep(self.programme)

    async def enrol(self, number: int, *, telegram_id: int | None = None, phone: str | None = None) -> Enrolment:
        application = Application(
            language=Language.RU,
            source="test",
            consents=(CONSENT,),
            phone=phone or f"+7999000{number:04}",
            telegram_id=telegram_id,
        )
        return await EnrolMember(self.store, self.clock, secrets.token_bytes)(self.programme, application)

    async def buy(
        self,
        who: Enrolment,
        *,
        points: int = 0,
        redeem: int = 0,
        till: Till | None = None,
        at: datetime | None = None,
    ) -> Receipt:
        """Settle a purchase that gives `points`, or one of which `redeem` points pay half."""
        self.orders += 1
        amount = points * 1_000 if points else redeem * 200
        bought_at = at or self.clock()
        till = till or self.till
        purchase = Purchase(
            card_id=who.card.id,
            order_ref=f"A-{self.orders}",
            business_day=business_day(bought_at, ZONE),
            lines=(Line(sku="c", category="coffee", quantity=Decimal(1), unit_price_minor=amount),),
            currency="RUB",
            points_to_redeem=redeem,
            at=bought_at,
            body_digest=f"{self.orders}",
        )
        return await SettlePurchase(self.store, self.clock, secrets.token_bytes)(till, purchase)

    async def void(self, receipt: Receipt, *, till: Till | None = None) -> Receipt:
        return await VoidPurchase(self.store, self.clock)(till or self.till, receipt.id)

    async def account(self, member_id: MemberId, currency: str = POINTS) -> Account:
        account = await self.store.reading.accounts.find(member_id, currency)
        assert account is not None
        return account

    async def spendable(self, member_id: MemberId, currency: str = POINTS) -> int:
        account = await self.store.reading.accounts.find(member_id, currency)
        return available(account, self.clock()) if account else 0

    async def verify(self) -> Verdict:
        """Prove the whole ledger; a fault fails the test with its name."""
        later = SettableClock(self.clock() + timedelta(minutes=5))
        verdict = await VerifyLedger(self.store, later)()
        assert verdict.fault is None, (verdict.account, verdict.fault)
        return verdict


async def open_ledger_house(store: Store, clock: SettableClock, terms: Terms = TERMS) -> LedgerHouse:
    programme = Programme(
        id=ProgrammeId("p1"),
        slug="coffee",
        name=LocalText(ru="Кофейня", en="Coffee house"),
        currency="RUB",
        zone=ZONE,
        terms=terms,
    )
    await store.reading.programmes.keep(programme)
    clock.set_to(NOON)
    return LedgerHouse(store, clock, programme)
