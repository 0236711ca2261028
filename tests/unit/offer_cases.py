"""Plain words for tests of decisions: one programme, one member, a few goods, and offers with little to them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from offers.engine.decide import decide
from offers.engine.ready_rulebook import make_ready
from offers.model.benefit import Benefit
from offers.model.decision import Basket, Decision
from offers.model.facts import Facts
from offers.model.goods import Goods, GoodsTag
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import DiscountLevel, LocalText, Terms
from offers.model.purchase import Explanation, Line
from offers.model.rulebook import Guards, OfferGroup, Rulebook
from tests.unit.offered import AT, OUTLET, PROGRAMME, ZONE

SILVER = DiscountLevel(
    name=LocalText(ru="Серебро", en="Silver"), spend_threshold_minor=100_000, discount_bp=500, slug="silver"
)
COFFEE = Goods(categories=("coffee",))
LATTE = Line(sku="latte", category="coffee", quantity=Decimal(1), unit_price_minor=20_000)
CAKE = Line(sku="eclair", category="cake", quantity=Decimal(1), unit_price_minor=10_000)
WINE = Line(sku="merlot", category="wine", quantity=Decimal(1), unit_price_minor=50_000)
NOBODY = Facts(outlet_id=OUTLET, zone=ZONE)
REGULAR = replace(NOBODY, spend_minor=200_000, points_available=1_000)
"""Holds the level Silver: 5 % off."""
TERMS = Terms(accrual_bp=1_000, point_value_minor=100, redemption_limit_bp=5_000, levels=(SILVER,))


def offer(code: str, benefit: Benefit, lane: Lane = Lane.PRICE, **rest: Any) -> Offer:
    return Offer(
        id=offer_id(PROGRAMME, code),
        programme_id=PROGRAMME,
        version=1,
        code=code,
        title=LocalText(ru=f"Акция {code}", en=f"Offer {code}"),
        lane=lane,
        benefit=benefit,
        **rest,
    )


def decided(
    *offers: Offer,
    lines: tuple[Line, ...] = (LATTE, CAKE),
    facts: Facts = NOBODY,
    groups: tuple[OfferGroup, ...] = (),
    goods_tags: tuple[GoodsTag, ...] = (),
    guards: Guards = Guards(),  # noqa: B008 - frozen
    terms: Terms = TERMS,
    points: int = 0,
    at: Any = AT,
) -> Decision:
    rulebook = Rulebook(
        programme_id=PROGRAMME, currency="RUB", terms=terms, offers=offers, groups=groups, goods_tags=goods_tags,
        guards=guards,
    )  # fmt: skip
    return decide(make_ready(rulebook), facts, Basket(lines=lines, currency="RUB", points_to_redeem=points), at)


def about(decision: Decision, code: str) -> Explanation:
    """The one explanation of an offer."""
    (line,) = [line for line in decision.explain if line.facts.get("offer_id") == offer_id(PROGRAMME, code)]
    return line


def said(decision: Decision, code: str) -> tuple[str, Mapping[str, int | str]]:
    line = about(decision, code)
    return line.code.value, line.facts


def discounts(decision: Decision) -> list[int]:
    return [line.discount_minor for line in decision.lines]
