"""What is wrong with rules as a whole: twins, unknown names, hours that never come; each fault at its place.

Places are JSON pointers into the rules as text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from offers.engine.rule_walks import single_conditions
from offers.engine.segment_faults import segment_faults
from offers.engine.template_faults import template_faults
from offers.model.benefit import BundlePrice, PayWithPoints
from offers.model.condition import (
    AmountReached,
    AtLevel,
    AtOutlet,
    DuringDayparts,
    GoodsBought,
    InSegment,
    StampsCollected,
)
from offers.model.daypart import Dayparts
from offers.model.goods import Goods
from offers.model.offer import (
    ACCRUAL_TAG,
    LEVELS_GROUP,
    LEVELS_TAG,
    MAIN_GROUP,
    POINTS_TAG,
    Lane,
    Offer,
    OfferState,
    fits,
)
from offers.model.personal import GiftLevel, Template
from offers.model.rule_errors import RuleFault
from offers.model.rules import Rules

_ALWAYS = frozenset({LEVELS_TAG, POINTS_TAG, ACCRUAL_TAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may speak of besides one another; None where nobody can tell."""

    outlets: frozenset[str] | None = None
    levels: frozenset[str] | None = None


NOBODY_CAN_TELL = Names()


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything an offer may name. `carried` are the tags of goods and of offers."""

    names: Names
    groups: frozenset[tuple[Lane, str]]
    goods_tags: frozenset[str]
    carried: frozenset[str]


def faults_of(rules: Rules, names: Names = NOBODY_CAN_TELL) -> Iterator[RuleFault]:
    """Give everything wrong with the rules. Archived offers may name what is gone: taken up again they may not."""
    yield from _twins("/offers/{}/code", [offer.code for offer in rules.offers])
    yield from _twins("/groups/{}/name", [(group.lane, group.name) for group in rules.groups])
    yield from _twins("/goods_tags/{}/name", [tag.name for tag in rules.goods_tags])
    known = _known(rules, names)
    for name in ("level_excludes", "points_excludes", "accrual_excludes"):
        yield from _not_in(known.carried, f"/guards/{name}", getattr(rules.guards, name), "unknown_tag")
    for number, floor in enumerate(rules.guards.floors):
        yield from _goods_faults(known, f"/guards/floors/{number}/goods", floor.goods)
    for number, offer in enumerate(rules.offers):
        if offer.state is not OfferState.ARCHIVED:
            yield from _offer_faults(known, f"/offers/{number}", offer)
    offers = {offer.code for offer in rules.offers}
    yield from _twins("/personal_offers/{}/code", [template.code for template in rules.templates])
    for number, template in enumerate(rules.templates):
        if template.code in offers:
            yield RuleFault(pointer=f"/personal_offers/{number}/code", code="name_twice")
        if template.state is not OfferState.ARCHIVED:
            yield from _template_faults(known, f"/personal_offers/{number}", template)


def faults_of_offer(offer: Offer, rules: Rules, names: Names) -> Iterator[RuleFault]:
    """Give what is wrong with one offer among the rules it is a part of, at pointers into the offer's own text."""
    if rules.template(offer.code) is not None:
        yield RuleFault(pointer="/code", code="name_twice")
    yield from _offer_faults(_known(rules, names), "", offer)


def faults_of_template(template: Template, rules: Rules, names: Names) -> Iterator[RuleFault]:
    """Give what is wrong with one template of personal offers, at pointers into its own text."""
    if rules.offer(template.code) is not None:
        yield RuleFault(pointer="/code", code="name_twice")
    yield from _template_faults(_known(rules, names), "", template)


def _template_faults(known: _Known, place: str, template: Template) -> Iterator[RuleFault]:
    yield from template_faults(template, place)
    yield from _not_in(known.carried, f"{place}/excludes", template.excludes, "unknown_tag")
    if not isinstance(template.levels, GiftLevel):
        goods = f"{place}/benefit/{template.levels.kind}/goods"
        yield from _goods_faults(known, goods, template.levels.goods)


def _known(rules: Rules, names: Names) -> _Known:
    groups = {(group.lane, group.name) for group in rules.groups}
    groups |= {(lane, MAIN_GROUP) for lane in Lane} | {(Lane.LOYALTY_DISCOUNT, LEVELS_GROUP)}
    of_goods = frozenset(tag.name for tag in rules.goods_tags)
    of_offers = {tag for offer in rules.offers for tag in offer.tags}
    return _Known(names, frozenset(groups), of_goods, of_goods | of_offers | _ALWAYS)


def _twins(pointer: str, names: list[object]) -> Iterator[RuleFault]:
    seen: set[object] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield RuleFault(pointer=pointer.format(number), code="name_twice")
        seen.add(name)


def _offer_faults(known: _Known, place: str, offer: Offer) -> Iterator[RuleFault]:
    if (offer.lane, offer.group) not in known.groups:
        facts = {"lane": offer.lane.value, "group": offer.group}
        yield RuleFault(pointer=f"{place}/group", code="unknown_group", facts=facts)
    if not fits(offer.lane, offer.benefit):
        facts = {"lane": offer.lane.value, "benefit": offer.benefit.kind}
        yield RuleFault(pointer=f"{place}/benefit", code="wrong_lane", facts=facts)
    if offer.active_from and offer.active_until and offer.active_until <= offer.active_from:
        yield RuleFault(pointer=f"{place}/active_until", code="ends_first")
    yield from _not_in(known.carried, f"{place}/excludes", offer.excludes, "unknown_tag")
    yield from _benefit_faults(known, f"{place}/benefit/{offer.benefit.kind}", offer)
    yield from _condition_faults(known, f"{place}/when", offer)


def _benefit_faults(known: _Known, place: str, offer: Offer) -> Iterator[RuleFault]:
    match offer.benefit:
        case BundlePrice(parts=parts):
            for number, part in enumerate(parts):
                yield from _goods_faults(known, f"{place}/parts/{number}/goods", part.goods)
        case PayWithPoints():
            return
        case benefit:
            goods = getattr(benefit, "goods", None)
            if isinstance(goods, Goods):
                yield from _goods_faults(known, f"{place}/goods", goods)


def _condition_faults(known: _Known, place: str, offer: Offer) -> Iterator[RuleFault]:
    for spot, condition in single_conditions(offer.condition, place):
        match condition:
            case GoodsBought(goods=goods):
                yield from _goods_faults(known, spot, goods)
            case AmountReached(goods=goods) | StampsCollected(goods=goods):
                yield from _goods_faults(known, f"{spot}/goods", goods)
            case AtOutlet(outlets=outlets):
                yield from _not_in(known.names.outlets, spot, outlets, "unknown_outlet")
            case AtLevel(levels=levels):
                yield from _not_in(known.names.levels, spot, levels, "unknown_level")
            case InSegment(segments=names):
                yield from segment_faults(names, spot)
            case DuringDayparts(dayparts=dayparts) if _never_holds(dayparts):
                yield RuleFault(pointer=spot, code="never_holds")


def _never_holds(dayparts: Dayparts) -> bool:
    return not dayparts.weekly and not any(special.windows for special in dayparts.special_days)


def _goods_faults(known: _Known, place: str, goods: Goods) -> Iterator[RuleFault]:
    yield from _not_in(known.goods_tags, f"{place}/tags", goods.tags, "unknown_tag")
    yield from _not_in(known.goods_tags, f"{place}/except_tags", goods.except_tags, "unknown_tag")


def _not_in(known: frozenset[str] | None, place: str, words: Iterable[str], code: str) -> Iterator[RuleFault]:
    for number, word in enumerate(words):
        if known is not None and word not in known:
            yield RuleFault(pointer=f"{place}/{number}", code=code, facts={"word": word})
