"""Two hundred offers of every lane and kind, and a basket of twenty lines: what a big merchant's quote is made of."""

from decimal import Decimal

from bench.till import PROGRAMME
from offers.model.benefit import (
    AccrualTimes,
    AmountOff,
    Benefit,
    BundlePart,
    BundlePrice,
    ExtraPoints,
    FixedPrice,
    PayWithPoints,
    Percent,
    Step,
    TakeAndPay,
    Thresholds,
)
from offers.model.condition import (
    AllOf,
    AmountReached,
    AtLevel,
    Condition,
    DuringDayparts,
    FirstPurchase,
    GoodsBought,
    NearBirthday,
    NthPurchase,
    StampsCollected,
)
from offers.model.daypart import Dayparts, WeeklyWindow, Window
from offers.model.goods import Goods
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import LocalText
from offers.model.purchase import Line

OFFERS = 200
LINES = 20
_WEEKDAYS = (0, 1, 2, 3, 4)
_HAPPY_HOURS = Dayparts(
    weekly=tuple(
        WeeklyWindow(weekdays=_WEEKDAYS, window=Window(start_minute=start * 60, end_minute=end * 60))
        for start, end in ((10, 12), (16, 19))
    )
)


def offers(count: int = OFFERS) -> tuple[Offer, ...]:
    """Give so many active offers: of all lanes, with every kind of condition, a third of them on the whole basket."""
    return tuple(_offer(number) for number in range(count))


def basket_lines() -> tuple[Line, ...]:
    return tuple(
        Line(sku=f"sku-{n}", category=f"category-{n % 10}", quantity=Decimal(1 + n % 3), unit_price_minor=9_900 + n)
        for n in range(LINES)
    )


def _offer(number: int) -> Offer:
    lane = (Lane.PRICE, Lane.PRICE, Lane.LOYALTY_DISCOUNT, Lane.ACCRUAL, Lane.POINTS)[number % 5]
    code = f"offer-{number}"
    return Offer(
        id=offer_id(PROGRAMME.id, code),
        programme_id=PROGRAMME.id,
        version=1,
        code=code,
        title=LocalText(ru=f"Акция {number}", en=f"Offer {number}"),
        lane=lane,
        benefit=_benefit(lane, number),
        condition=_condition(number),
        group=f"group-{number % 8}",
        priority=number % 7,
    )


def _goods(number: int) -> Goods:
    return (Goods(), Goods(categories=(f"category-{number % 12}",)), Goods(skus=(f"sku-{number % 30}",)))[number % 3]


def _benefit(lane: Lane, number: int) -> Benefit:
    goods, turn = _goods(number), number // 5
    if lane is Lane.POINTS:
        return PayWithPoints(limit_bp=1_000 + 10 * number)
    if lane is Lane.ACCRUAL:
        return (AccrualTimes(times_bp=20_000, goods=goods), ExtraPoints(points=30, goods=goods))[turn % 2]
    named = Goods(categories=(f"category-{number % 12}",))
    return (
        Percent(bp=500 + number, goods=goods),
        AmountOff(amount_minor=1_000 + number, goods=goods),
        FixedPrice(unit_price_minor=5_000, goods=named),
        TakeAndPay(take=3, pay=2, goods=named),
        BundlePrice(parts=(BundlePart(goods=named), BundlePart(goods=_goods(number + 1))), price_minor=12_000),
        Thresholds(steps=(Step(at_least_minor=50_000, bp=500), Step(at_least_minor=100_000, bp=1_000)), goods=goods),
    )[turn % 6]


def _condition(number: int) -> Condition:
    kinds: tuple[Condition, ...] = (
        AllOf(),
        DuringDayparts(dayparts=_HAPPY_HOURS),
        AmountReached(at_least_minor=10_000 * (number % 20)),
        GoodsBought(goods=Goods(categories=(f"category-{number % 15}",)), quantity=Decimal(2)),
        NearBirthday(),
        NthPurchase(nth=5),
        FirstPurchase(),
        AtLevel(levels=("Silver",)),
        StampsCollected(needed=6, goods=Goods(categories=("category-1",))),
        AllOf(conditions=(AmountReached(at_least_minor=20_000), DuringDayparts(dayparts=_HAPPY_HOURS))),
    )
    return kinds[number // 3 % len(kinds)]
