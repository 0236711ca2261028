"""One programme with two members and their coupons, by the test's clock."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from offers.engine.refills import Returned
from offers.flows.enrol_member import Application, EnrolMember, Given
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.hold_coupon import HoldCoupon
from offers.flows.look_at_coupons import LookAtCoupons
from offers.flows.open_programme import Opened, OpenProgramme
from offers.flows.react_to_event import ReactToEvent
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.return_takes import ReturnTakes
from offers.model.consent import Purpose
from offers.model.coupon import Availability, Binding, Coupon, CouponState, Every, Recurrence
from offers.model.ids import MemberId
from offers.model.message import Lane
from offers.model.programme import Language, LocalText
from offers.model.take import Take, Taker
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import COFFEE

MOSCOW = ZoneInfo("Europe/Moscow")
MONTHLY = Recurrence(every=Every.CALENDAR_MONTH, zone="Europe/Moscow")
ONCE = Recurrence(every=Every.ONCE, zone="Europe/Moscow")
WHOLE = Returned(returned_minor=1, total_minor=1)


class CouponHouse:
    """One programme with two members, and every flow of coupons by the test's clock."""

    def __init__(self, store: Store, clock: SettableClock, opened: Opened, members: list[MemberId]) -> None:
        self.store = store
        self.clock = clock
        self.programme_id = opened.programme.id
        self.members = members

    def grant(self, **changes: Any) -> Grant:
        fields: dict[str, Any] = {
            "programme_id": self.programme_id,
            "owner": self.members[0],
            "grant_key": "spring",
            "binding": Binding.HARD,
            "offer_id": "free-coffee",
            "campaign": "spring",
            "title": LocalText(ru="Кофе в подарок", en="A free coffee"),
            "recurrence": MONTHLY,
            **changes,
        }
        return Grant(**fields)

    async def granted(self, **changes: Any) -> Coupon:
        return await GrantCoupon(self.store, self.clock, secrets.token_bytes)(self.grant(**changes))

    def taker(self, number: int = 0) -> Taker:
        return Taker(programme_id=self.programme_id, member_id=self.members[number])

    async def redeem(self, coupon: Coupon, cause: str, *, by: int = 0) -> Take:
        return await RedeemCoupon(self.store, self.clock)(coupon.id, self.taker(by), cause=cause)

    async def hold(self, coupon: Coupon, cause: str, *, minutes: int = 15) -> Take:
        until = self.clock() + timedelta(minutes=minutes)
        return await HoldCoupon(self.store, self.clock)(coupon.id, self.taker(), cause=cause, until=until)

    async def give_back(self, cause: str) -> None:
        await ReturnTakes(self.store, self.clock)(cause, WHOLE)

    async def now(self, coupon: Coupon) -> Availability:
        return (await LookAtCoupons(self.store, self.clock).one(self.programme_id, coupon.id)).now

    async def state(self, coupon: Coupon) -> CouponState:
        return (await self.now(coupon)).state

    def set_local(self, text: str) -> None:
        self.clock.set_to(datetime.fromisoformat(text).replace(tzinfo=MOSCOW))

    async def told(self, member: int = 0) -> list[str]:
        """What the outbox holds for the member's chat, after everything that is due was reacted to."""
        while due := await self.store.reading.outbox.claim(
            Lane.EVENTS, claim=secrets.token_hex(4), at=self.clock(), lease_s=60
        ):
            for item in due:
                await ReactToEvent(self.store, self.clock)(item)
        query = {"lane": Lane.TELEGRAM.value, "member_id": self.members[member]}
        cursor = self.store.database["outbox"].find(query).sort("created_at")
        return [document["kind"] async for document in cursor]


async def open_coupon_house(store: Store, clock: SettableClock) -> CouponHouse:
    clock.set_to(datetime(2026, 1, 15, 9, 0, tzinfo=UTC))
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    members = []
    for number in (1, 2):
        application = Application(
            language=Language.RU,
            source="test",
            consents=(Given(purpose=Purpose.PERSONAL_DATA, text_version="1", text_digest="d", proof="test"),),
            phone=f"+7999000000{number}",
            telegram_id=number,
        )
        enrolled = await EnrolMember(store, clock, secrets.token_bytes)(opened.programme, application)
        members.append(enrolled.member.id)
    return CouponHouse(store, clock, opened, members)
