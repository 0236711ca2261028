"""A purchase of three lines and what comes back of it, for the tests of returns."""

from datetime import timedelta
from decimal import Decimal

from offers.flows.enrol_member import Enrolment
from offers.model.member import Member
from offers.model.purchase import Receipt
from offers.model.returns import GoodsBack
from tests.checkout_house import CheckoutHouse, line


async def member_with_two_lots(house: CheckoutHouse) -> Enrolment:
    """A member with 100 points in two lots that run out on different days."""
    enrolment = await house.enrol(1, telegram_id=7)
    await house.buy(enrolment, points=60)
    house.clock.move(timedelta(days=3))
    await house.buy(enrolment, points=40)
    return enrolment


def whole(index: int) -> GoodsBack:
    return GoodsBack(line=index, quantity=Decimal(1))


def amount(minor: int, *, index: int = 0) -> GoodsBack:
    return GoodsBack(line=index, amount_minor=minor)


async def three_lines(house: CheckoutHouse, who: Enrolment, *, points: int = 80) -> Receipt:
    """A basket of 300 roubles, of which points pay 80: 22 are accrued."""
    return await house.sell(
        who,
        line(10_000),
        line(4_000, sku="bun", category="bakery", quantity="3"),
        line(8_000, sku="cup", category="things"),
        points=points,
    )


async def lots(house: CheckoutHouse, who: Enrolment) -> dict[object, int]:
    account = await house.account(who.member.id)
    found: dict[object, int] = {}
    for lot in account.lots:
        found[lot.expires_at] = found.get(lot.expires_at, 0) + lot.remaining
    return found


async def member_now(house: CheckoutHouse, who: Enrolment) -> Member:
    found = await house.store.reading.members.get(who.member.id)
    assert found is not None
    return found
