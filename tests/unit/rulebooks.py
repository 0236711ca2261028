"""Rulebooks, facts and baskets of every kind, for the laws of decisions."""

from datetime import timedelta

from hypothesis import strategies as st

from offers.engine.basket import line_total
from offers.model.condition import (
    CodeKind,
    SalesChannel,
)
from offers.model.decision import Basket
from offers.model.facts import CodeState, Facts, Remaining, ShownCode
from offers.model.goods import Goods, GoodsTag
from offers.model.held_level import HeldLevel
from offers.model.ids import OfferId
from offers.model.member import Birthday, OwnTerms
from offers.model.offer import Lane
from offers.model.programme import DiscountLevel, LocalText, Terms
from offers.model.purchase import Line
from offers.model.rulebook import Floor, Guards, Mode, OfferGroup, Rulebook
from tests.unit.offered import (
    AT,
    CATEGORIES,
    GOODS,
    GROUPS,
    LEVELS,
    OUTLET,
    PROGRAMME,
    QUANTITIES,
    RATES,
    SEGMENTS,
    SKUS,
    TAGS,
    ZONE,
    offers,
    some,
)

LEVEL_TABLES = st.lists(
    st.tuples(st.integers(0, 5_000_000), st.integers(0, 3_000)), max_size=2, unique_by=lambda pair: pair[0]
).map(
    lambda pairs: tuple(
        DiscountLevel(
            name=LocalText(ru=f"Уровень {key}", en=key.title()),
            spend_threshold_minor=threshold,
            discount_bp=bp,
            slug=key,
        )
        for key, (threshold, bp) in zip(LEVELS, pairs, strict=False)
    )
)
TERMS = st.builds(
    Terms,
    accrual_bp=st.integers(0, 3_000),
    point_value_minor=st.sampled_from((1, 10, 100)),
    redemption_limit_bp=RATES,
    levels=LEVEL_TABLES,
)
GUARDS = st.one_of(
    st.just(Guards()),
    st.builds(
        Guards,
        floors=st.lists(
            st.builds(Floor, goods=GOODS, share_bp=st.just(0) | RATES, unit_minor=st.integers(0, 20_000)), max_size=2
        ).map(tuple),
        max_discount_bp=RATES,
        max_points_bp=RATES,
        level_excludes=some(TAGS),
        points_excludes=some(TAGS),
        accrual_excludes=some(TAGS),
    ),
)
GOODS_TAGS = st.lists(
    st.builds(
        GoodsTag,
        name=st.sampled_from(TAGS),
        goods=st.builds(Goods, categories=some(CATEGORIES, least=1)),
    ),
    max_size=2,
    unique_by=lambda tag: tag.name,
).map(tuple)
DECLARED = st.lists(
    st.builds(
        OfferGroup,
        lane=st.sampled_from(Lane),
        name=st.sampled_from(GROUPS),
        mode=st.sampled_from(Mode),
        rank=st.integers(0, 2),
    ),
    max_size=6,
    unique_by=lambda group: (group.lane, group.name),
).map(tuple)


@st.composite
def rulebooks(draw: st.DrawFn, most: int = 6) -> Rulebook:
    """Give rulebooks in which offers are spread over the lanes, or all compete in one."""
    count = draw(st.integers(0, most))
    lanes = draw(st.none() | st.sampled_from(Lane).map(st.just))
    return Rulebook(
        programme_id=PROGRAMME,
        currency="RUB",
        terms=draw(TERMS),
        offers=tuple(draw(offers(f"offer-{number}", lanes=lanes)) for number in range(count)),
        groups=draw(DECLARED),
        goods_tags=draw(GOODS_TAGS),
        guards=draw(GUARDS),
    )


OFFER_IDS = st.sampled_from([OfferId(f"p1.offer-{number}") for number in range(6)])
LEFT = st.none() | st.integers(0, 5_000)
FACTS = st.builds(
    Facts,
    outlet_id=st.just(OUTLET),
    zone=st.just(ZONE),
    channel=st.sampled_from(SalesChannel),
    points_available=st.integers(0, 5_000),
    spend_minor=st.integers(0, 10_000_000),
    purchases=st.integers(0, 12),
    birthday=st.none() | st.builds(Birthday, month=st.just(3), day=st.integers(1, 28)),
    segments=st.sets(st.sampled_from(SEGMENTS)).map(frozenset),
    held_level=st.none()
    | st.builds(HeldLevel, level=st.sampled_from((None, *LEVELS)), since=st.just(AT), safe_until=st.none()),
    own_terms=st.none()
    | st.builds(
        OwnTerms,
        discount_bp=st.none() | st.integers(0, 4_000),
        accrual_bp=st.none() | st.integers(0, 4_000),
        until=st.none() | st.just(AT) | st.just(AT + timedelta(days=1)),
    ),
    codes=st.dictionaries(
        OFFER_IDS,
        st.builds(
            ShownCode,
            kind=st.sampled_from(CodeKind),
            reference=st.just("c-1"),
            state=st.sampled_from((CodeState.USABLE,) * 4 + tuple(CodeState)),
        ),
        max_size=6,
    ),
    remaining=st.dictionaries(
        OFFER_IDS,
        st.lists(
            st.builds(Remaining, scope=st.just("member"), uses=LEFT, money_minor=LEFT, points=LEFT), max_size=2
        ).map(tuple),
        max_size=3,
    ),
    stamps=st.dictionaries(OFFER_IDS, st.integers(0, 9), max_size=4),
    held_out=st.sets(OFFER_IDS, max_size=2).map(frozenset),
)
LINES = st.builds(
    Line,
    sku=st.sampled_from(SKUS),
    category=st.sampled_from(CATEGORIES),
    quantity=QUANTITIES,
    unit_price_minor=st.integers(0, 30_000) | st.sampled_from((0, 1, 3, 100)),
)
BASKETS = (
    st.lists(LINES, min_size=1, max_size=8)
    .filter(lambda lines: sum(map(line_total, lines)) > 0)
    .map(lambda lines: Basket(lines=tuple(lines), currency="RUB"))
)
