"""What changes when rules are written anew: which offers get another version, and which leave."""

from dataclasses import dataclass, replace

from offers.model.offer import Offer, OfferState
from offers.model.rules import Rules

OfferPair = tuple[Offer, Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChange:
    """The rules before and after; `changed` has offers as they were and as they will be.

    `archived` are the offers that the new rules left out. `parts` names what else changed: `groups`, `goods_tags`,
    `guards`. With nothing changed, `after` is `before`.
    """

    before: Rules
    after: Rules
    added: tuple[Offer, ...] = ()
    changed: tuple[OfferPair, ...] = ()
    archived: tuple[Offer, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.archived or self.parts)

    @property
    def versions(self) -> list[Offer]:
        """The offers that get a new version, as they will be."""
        return [*self.added, *(after for _, after in self.changed), *self.archived]


def change_to(wanted: Rules, kept: Rules) -> RulesChange:
    """Compare rules with those that are kept: what stays the same keeps its version, the rest gets the next one.

    Versions and the edition that `wanted` tells do not count: they say what was read, not what is to be.
    """
    offers, added, changed = [], [], []
    known = {offer.code: offer for offer in kept.offers}
    for offer in wanted.offers:
        old = known.get(offer.code)
        if old is None:
            added.append(replace(offer, version=1))
            offers.append(added[-1])
        elif replace(offer, version=old.version) == old:
            offers.append(old)
        else:
            changed.append((old, replace(offer, version=old.version + 1)))
            offers.append(changed[-1][1])
    left, archived = _left_out(wanted, kept)
    after = replace(wanted, edition=kept.edition + 1, offers=(*offers, *left))
    change = RulesChange(
        before=kept,
        after=after,
        added=tuple(added),
        changed=tuple(changed),
        archived=archived,
        parts=_parts(kept, wanted),
    )
    return replace(change, after=kept) if change.is_empty else change


def _left_out(wanted: Rules, kept: Rules) -> tuple[list[Offer], tuple[Offer, ...]]:
    """Give the kept offers that are not wanted any more, all of them archived; and those that were not yet."""
    codes = {offer.code for offer in wanted.offers}
    left, archived = [], []
    for offer in kept.offers:
        if offer.code in codes:
            continue
        if offer.state is OfferState.ARCHIVED:
            left.append(offer)
        else:
            archived.append(_archived(offer))
            left.append(archived[-1])
    return left, tuple(archived)


def _archived(offer: Offer) -> Offer:
    return replace(offer, version=offer.version + 1, state=OfferState.ARCHIVED)


def _parts(kept: Rules, wanted: Rules) -> tuple[str, ...]:
    """Name what changed besides offers; the order in which groups and tags are listed means nothing."""
    differs = {
        "groups": frozenset(kept.groups) != frozenset(wanted.groups),
        "goods_tags": frozenset(kept.goods_tags) != frozenset(wanted.goods_tags),
        "guards": kept.guards != wanted.guards,
    }
    return tuple(name for name, is_other in differs.items() if is_other)
