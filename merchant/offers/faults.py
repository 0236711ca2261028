"""What is wrong with an offers file as a whole: twins, unknown groups, unknown tags; each fault at its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from merchant.offers.conditions_body import AmountBody, ConditionBody, StampsBody
from merchant.offers.offer_body import OfferBody
from merchant.offers.rulebook_body import RulebookBody
from merchant.offers.words import GoodsBody
from offers.model.offer import ACCRUAL_TAG, LEVELS_GROUP, LEVELS_TAG, MAIN_GROUP, POINTS_TAG, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong: where, as a JSON pointer (RFC 6901) and, when known, as a line of the text; and what."""

    pointer: str
    detail: str
    line: int | None = None


def faults_in(body: RulebookBody) -> Iterator[Fault]:
    """Give what fields cannot know of each other."""
    yield from _twins("/offers/{}/code", [offer.code for offer in body.offers])
    yield from _twins("/groups/{}/name", [(group.lane, group.name) for group in body.groups])
    yield from _twins("/goods_tags/{}/name", [tag.name for tag in body.goods_tags])
    yield from _unknown_groups(body)
    yield from _unknown_tags(body)


def _twins(pointer: str, names: list[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Fault(pointer=pointer.format(number), detail="this name stands above already")
        seen.add(name)


def _unknown_groups(body: RulebookBody) -> Iterator[Fault]:
    known = {(group.lane, group.name) for group in body.groups}
    known |= {(lane, MAIN_GROUP) for lane in Lane} | {(Lane.LOYALTY_DISCOUNT, LEVELS_GROUP)}
    for number, offer in enumerate(body.offers):
        if (offer.lane, offer.group) not in known:
            yield Fault(pointer=f"/offers/{number}/group", detail=f"the lane {offer.lane} has no such group")


def _unknown_tags(body: RulebookBody) -> Iterator[Fault]:
    of_goods = {tag.name for tag in body.goods_tags}
    carried = of_goods | {tag for offer in body.offers for tag in offer.tags} | {LEVELS_TAG, POINTS_TAG, ACCRUAL_TAG}
    for name in ("level_excludes", "points_excludes", "accrual_excludes"):
        yield from _not_in(carried, f"/guards/{name}", getattr(body.guards, name))
    for number, floor in enumerate(body.guards.floors):
        yield from _goods_faults(of_goods, f"/guards/floors/{number}/goods", floor.goods)
    for number, offer in enumerate(body.offers):
        yield from _not_in(carried, f"/offers/{number}/excludes", offer.excludes)
        yield from _offer_faults(of_goods, f"/offers/{number}", offer)


def _offer_faults(known: set[str], place: str, offer: OfferBody) -> Iterator[Fault]:
    name, benefit = offer.benefit.chosen()
    if isinstance(goods := getattr(benefit, "goods", None), GoodsBody):
        yield from _goods_faults(known, f"{place}/benefit/{name}/goods", goods)
    for number, part in enumerate(getattr(benefit, "parts", ())):
        yield from _goods_faults(known, f"{place}/benefit/{name}/parts/{number}/goods", part.goods)
    yield from _condition_faults(known, f"{place}/when", offer.when)


def _condition_faults(known: set[str], place: str, conditions: Iterable[ConditionBody]) -> Iterator[Fault]:
    for number, condition in enumerate(conditions):
        yield from _single_faults(known, f"{place}/{number}", condition)


def _single_faults(known: set[str], place: str, condition: ConditionBody) -> Iterator[Fault]:
    match condition.chosen():
        case "negated", ConditionBody() as inner:
            yield from _single_faults(known, f"{place}/not", inner)
        case ("all_of" | "any_of") as name, list(parts):
            yield from _condition_faults(known, f"{place}/{name}", parts)
        case name, GoodsBody() as goods:
            yield from _goods_faults(known, f"{place}/{name}", goods)
        case name, (AmountBody() | StampsBody()) as body:
            yield from _goods_faults(known, f"{place}/{name}/goods", body.goods)


def _goods_faults(known: set[str], place: str, goods: GoodsBody) -> Iterator[Fault]:
    yield from _not_in(known, f"{place}/tags", goods.tags)
    yield from _not_in(known, f"{place}/except_tags", goods.except_tags)


def _not_in(known: set[str], place: str, words: Iterable[str]) -> Iterator[Fault]:
    for number, word in enumerate(words):
        if word not in known:
            yield Fault(pointer=f"{place}/{number}", detail=f"nothing carries the tag {word}")
