"""A rulebook made ready: conditions and benefits compiled once, offers in their lanes and groups, the whole hashed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from offers.engine.benefits import goods_of, money_off
from offers.engine.conditions import single
from offers.engine.eligibility import Check, Subject, ready
from offers.engine.fingerprint import fingerprint
from offers.engine.lanes import Contender
from offers.engine.rule_walks import single_conditions
from offers.engine.tally import Holder
from offers.model.computed_segments import is_computed
from offers.model.condition import (
    AllOf,
    AnyOf,
    CodeKind,
    Condition,
    InSegment,
    LikesCategory,
    Not,
    ScoreWithin,
    StampsCollected,
)
from offers.model.ids import OfferId
from offers.model.offer import DISCOUNT_LANES, LEVELS_GROUP, Lane, Offer, fits
from offers.model.rulebook import OfferGroup, Rulebook

_LANES = tuple(Lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyOffer:
    """An offer and what can be known of it before any purchase.

    `says` are the facts every explanation of it has; `contender` is the offer as it competes when nothing but its own
    limits holds it back.
    """

    offer: Offer
    says: Mapping[str, int | str]
    check: Check
    contender: Contender
    needs: tuple[CodeKind, ...]
    stamps: StampsCollected | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRulebook:
    """What `decide` takes. Safe to keep and to share for as long as the rulebook stands.

    `needs_scores`: some rule asks for what only scores know.
    """

    rulebook: Rulebook
    digest: str
    offers: tuple[ReadyOffer, ...]
    groups: Mapping[Lane, tuple[OfferGroup, ...]]
    offer_ids: frozenset[OfferId]
    needs_scores: bool = False


def make_ready(rulebook: Rulebook) -> ReadyRulebook:
    """Compile a rulebook. Raises ValueError for two versions of one offer and for a benefit in the wrong lane."""
    offers = sorted(rulebook.offers, key=lambda offer: (_LANES.index(offer.lane), offer.id))
    if len({offer.id for offer in offers}) < len(offers):
        raise ValueError("a rulebook holds one version of each offer")
    return ReadyRulebook(
        rulebook=rulebook,
        digest=fingerprint(_sorted(rulebook)),
        offers=tuple(_ready_offer(offer, rulebook) for offer in offers),
        groups={lane: _groups(lane, rulebook) for lane in Lane},
        offer_ids=frozenset(offer.id for offer in offers),
        needs_scores=any(_needs_scores(offer) for offer in offers),
    )


def _needs_scores(offer: Offer) -> bool:
    for _, condition in single_conditions(offer.condition, ""):
        match condition:
            case ScoreWithin() | LikesCategory():
                return True
            case InSegment(segments=names) if any(is_computed(name) for name in names):
                return True
    return False


def _ready_offer(offer: Offer, rulebook: Rulebook) -> ReadyOffer:
    if not fits(offer.lane, offer.benefit):
        raise ValueError(f"{offer.code}: {offer.benefit.kind} has no place in the lane {offer.lane}")
    return ReadyOffer(
        offer=offer,
        says={
            "offer_id": offer.id,
            "version": offer.version,
            "lane": offer.lane.value,
            "title_ru": offer.title.ru,
            "title_en": offer.title.en,
        },
        check=ready(offer.condition, Subject(offer.id, rulebook.terms), single).check,
        contender=_contender(offer),
        needs=offer.reach.needs(),
        stamps=next(_stamps_in(offer.condition), None),
    )


def _contender(offer: Offer) -> Contender:
    return Contender(
        holder=Holder(id=offer.id, ru=offer.title.ru, en=offer.title.en),
        priority=offer.priority,
        benefit=offer.benefit,
        propose=money_off(offer.benefit) if offer.lane in DISCOUNT_LANES else None,
        goods=goods_of(offer.benefit),
        limits=offer.limits,
        tags=offer.tags,
        excludes=offer.excludes,
        most_uses=offer.limits.uses_per_purchase,
    )


def _groups(lane: Lane, rulebook: Rulebook) -> tuple[OfferGroup, ...]:
    """Give the groups of a lane in the order they are applied, those included that nobody declared."""
    declared = {group.name: group for group in rulebook.groups if group.lane is lane}
    names = {offer.group for offer in rulebook.offers if offer.lane is lane}
    if lane is Lane.LOYALTY_DISCOUNT:
        names.add(LEVELS_GROUP)
    groups = [declared.get(name) or OfferGroup(lane=lane, name=name) for name in names]
    return tuple(sorted(groups, key=lambda group: (group.rank, group.name)))


def _stamps_in(condition: Condition) -> Iterator[StampsCollected]:
    match condition:
        case StampsCollected():
            yield condition
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from _stamps_in(part)
        case Not(condition=part):
            yield from _stamps_in(part)
        case _:
            return


def _sorted(rulebook: Rulebook) -> Rulebook:
    """Put everything without an order of its own into one: the digest must not depend on how it was listed."""
    return replace(
        rulebook,
        offers=tuple(sorted(rulebook.offers, key=lambda offer: offer.id)),
        groups=tuple(sorted(rulebook.groups, key=lambda group: (group.lane, group.name))),
        goods_tags=tuple(sorted(rulebook.goods_tags, key=lambda tag: tag.name)),
    )
