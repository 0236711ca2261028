"""Offers of every kind: every condition, every benefit, every limit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from offers.model.benefit import (
    AccrualTimes,
    AmountOff,
    Benefit,
    BundlePart,
    BundlePrice,
    ExtraPoints,
    FixedPrice,
    Gift,
    PayWithPoints,
    Percent,
    Step,
    TakeAndPay,
    Thresholds,
)
from offers.model.condition import (
    AllOf,
    AmountReached,
    AnyOf,
    AtLevel,
    AtOutlet,
    BySalesChannel,
    CodeKind,
    CodePresented,
    Condition,
    DuringDayparts,
    FirstPurchase,
    GoodsBought,
    InSegment,
    LeapDay,
    LikesCategory,
    NearBirthday,
    Not,
    NthPurchase,
    SalesChannel,
    ScoreWithin,
    StampsCollected,
)
from offers.model.daypart import Dayparts, SpecialDay, WeeklyWindow, Window
from offers.model.goods import Goods
from offers.model.ids import OutletId, ProgrammeId
from offers.model.offer import DISCOUNT_LANES, Lane, Limits, Offer, OfferState, Reach, offer_id
from offers.model.programme import LocalText
from offers.model.scores import ScoreName

PROGRAMME = ProgrammeId("p1")
OUTLET = OutletId("o1")
ZONE = "Europe/Moscow"
AT = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
"""A Wednesday, half past twelve in Moscow."""

CATEGORIES = ("coffee", "tea", "cake", "wine")
SKUS = ("latte", "assam", "eclair", "merlot", "beans")
TAGS = ("alcohol", "sale", "no_stack")
SEGMENTS = ("students", "sleeping")
GROUPS = ("main", "happy", "levels")
LEVELS = ("silver", "gold")

MINUTES = st.integers(0, 1439)
RATES = st.integers(0, 10_000)


def some(values: tuple[str, ...], *, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True).map(
        lambda found: tuple(sorted(found))
    )


GOODS = st.one_of(
    st.just(Goods()),
    st.builds(Goods, categories=some(CATEGORIES, least=1)),
    st.builds(
        Goods,
        categories=some(CATEGORIES),
        skus=some(SKUS),
        tags=some(TAGS),
        except_categories=some(CATEGORIES),
        except_skus=some(SKUS),
        except_tags=some(TAGS),
    ),
)
WINDOWS = st.builds(Window, start_minute=MINUTES, end_minute=st.integers(1, 1440)).filter(
    lambda window: window.start_minute != window.end_minute
)
DAYS = st.dates(date(2026, 3, 1), date(2026, 3, 31)).map(str)
DAYPARTS = st.builds(
    Dayparts,
    weekly=st.lists(
        st.builds(
            WeeklyWindow,
            weekdays=st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda days: tuple(sorted(days))),
            window=WINDOWS,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    except_days=st.lists(DAYS, max_size=2, unique=True).map(tuple),
    special_days=st.lists(
        st.builds(SpecialDay, day=DAYS, windows=st.lists(WINDOWS, max_size=2).map(tuple)),
        max_size=2,
        unique_by=lambda special: special.day,
    ).map(tuple),
).map(
    # A date has hours of its own or is excepted: a text that says both is refused.
    lambda dayparts: replace(
        dayparts,
        special_days=tuple(each for each in dayparts.special_days if each.day not in dayparts.except_days),
    )
)
QUANTITIES = st.one_of(
    st.integers(1, 6).map(Decimal), st.integers(1, 9_999).map(lambda grams: Decimal(grams).scaleb(-3))
)
SINGLE_CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(GoodsBought, goods=GOODS, quantity=QUANTITIES),
    st.builds(AmountReached, at_least_minor=st.integers(0, 300_000), at_most_minor=st.none(), goods=GOODS),
    st.builds(AmountReached, at_most_minor=st.integers(1, 300_000), goods=GOODS),
    st.builds(AtOutlet, outlets=st.sampled_from(((OUTLET,), (OutletId("o2"),), (OUTLET, OutletId("o2"))))),
    st.builds(DuringDayparts, dayparts=DAYPARTS),
    st.builds(LikesCategory, categories=some(CATEGORIES, least=1)),
    st.builds(ScoreWithin, score=st.sampled_from(ScoreName), at_least=st.none() | st.integers(0, 10_000)),
    st.builds(InSegment, segments=some(SEGMENTS, least=1)),
    st.builds(AtLevel, levels=some(LEVELS, least=1)),
    st.just(FirstPurchase()),
    st.builds(NthPurchase, nth=st.integers(2, 4), every=st.booleans()),
    st.builds(StampsCollected, needed=st.integers(1, 4), goods=GOODS),
    st.builds(
        NearBirthday,
        days_before=st.integers(0, 7),
        days_after=st.integers(1, 7),
        leap_day=st.sampled_from(LeapDay),
    ),
    st.builds(CodePresented, by=st.sampled_from(((CodeKind.COUPON,), (CodeKind.VOUCHER,), tuple(CodeKind)))),
    st.builds(BySalesChannel, channels=st.sampled_from(((SalesChannel.TILL,), (SalesChannel.ONLINE,)))),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    SINGLE_CONDITIONS,
    lambda inner: st.one_of(
        st.builds(AllOf, conditions=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=4,
)


def _steps(reward: str, amounts: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Step, ...]]:
    step = st.builds(
        lambda least, given: Step(at_least_minor=least, **{reward: given}), st.integers(0, 200_000), amounts
    )
    return st.lists(step, min_size=1, max_size=3, unique_by=lambda each: each.at_least_minor).map(
        lambda steps: tuple(sorted(steps, key=lambda each: each.at_least_minor))
    )


AMOUNTS = st.integers(1, 100_000)
HANDFULS = st.tuples(st.integers(1, 3), st.integers(1, 2))
MONEY_OFF: st.SearchStrategy[Benefit] = st.one_of(
    st.builds(Percent, bp=st.integers(1, 10_000), goods=GOODS),
    st.builds(AmountOff, amount_minor=AMOUNTS, goods=GOODS),
    st.builds(FixedPrice, unit_price_minor=st.integers(0, 50_000), goods=GOODS),
    st.builds(Gift, sku=st.sampled_from(SKUS), quantity=st.integers(1, 2)),
    st.builds(lambda pair, goods: TakeAndPay(take=sum(pair), pay=pair[0], goods=goods), HANDFULS, GOODS),
    st.builds(
        BundlePrice,
        parts=st.lists(
            st.builds(
                BundlePart, goods=st.builds(Goods, categories=some(CATEGORIES, least=1)), quantity=st.integers(1, 2)
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        price_minor=st.integers(0, 60_000),
    ),
    st.builds(Thresholds, steps=_steps("bp", st.integers(1, 10_000)), goods=GOODS),
    st.builds(Thresholds, steps=_steps("amount_minor", AMOUNTS), goods=GOODS),
)
POINTS_GIVEN: st.SearchStrategy[Benefit] = st.one_of(
    st.builds(AccrualTimes, times_bp=st.integers(10_001, 50_000), goods=GOODS),
    st.builds(ExtraPoints, points=st.integers(1, 500), goods=GOODS),
    st.builds(Thresholds, steps=_steps("points", st.integers(1, 500)), goods=GOODS),
)
BENEFITS: dict[Lane, st.SearchStrategy[Benefit]] = {
    **dict.fromkeys(DISCOUNT_LANES, MONEY_OFF),
    Lane.POINTS: st.builds(PayWithPoints, limit_bp=st.integers(1, 10_000)),
    Lane.ACCRUAL: POINTS_GIVEN,
}
LIMITS = st.one_of(
    st.just(Limits()),
    st.builds(
        Limits,
        cap_minor=st.none() | st.integers(1, 50_000),
        cap_points=st.none() | st.integers(1, 300),
        uses_per_purchase=st.integers(1, 4),
        floor_bp=st.just(0) | RATES,
        max_discount_bp=st.none() | RATES,
        max_points_bp=st.none() | RATES,
    ),
)


def offers(
    code: str,
    *,
    condition: st.SearchStrategy[Condition] | None = None,
    state: st.SearchStrategy[OfferState] | None = None,
    lanes: st.SearchStrategy[Lane] | None = None,
) -> st.SearchStrategy[Offer]:
    """Give offers under one code, of any lane unless told otherwise."""
    mostly_active = st.sampled_from((OfferState.ACTIVE,) * 9 + (OfferState.PAUSED,))
    mostly_public = st.sampled_from((Reach.PUBLIC,) * 12 + tuple(Reach))
    return (st.sampled_from(Lane) if lanes is None else lanes).flatmap(
        lambda lane: st.builds(
            Offer,
            id=st.just(offer_id(PROGRAMME, code)),
            programme_id=st.just(PROGRAMME),
            version=st.integers(1, 9),
            code=st.just(code),
            title=st.just(LocalText(ru=f"Акция {code}", en=f"Offer {code}")),
            lane=st.just(lane),
            benefit=BENEFITS[lane],
            condition=st.just(AllOf()) | st.just(AllOf()) | CONDITIONS if condition is None else condition,
            limits=LIMITS,
            group=st.sampled_from(("main", "main", *GROUPS)),
            priority=st.integers(-2, 2),
            tags=some(TAGS),
            excludes=some((*TAGS, "levels", "points", "accrual")),
            reach=mostly_public,
            state=mostly_active if state is None else state,
            active_from=st.sampled_from((None,) * 12 + (AT - timedelta(days=1), AT + timedelta(days=1))),
            active_until=st.none() | st.just(AT + timedelta(days=2)),
            may_be_withheld=st.booleans(),
            funder=st.just("m1"),
        )
    )
