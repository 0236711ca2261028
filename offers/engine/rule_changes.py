"""What changes when rules are written anew: which offers get another version, and which leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic

from offers.model.offer import Offer, OfferState
from offers.model.personal import Template
from offers.model.rules import Rule, Rules

OfferPair = tuple[Offer, Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChange:
    """The rules before and after; `changed` has offers as they were and as they will be.

    `archived` are the offers that the new rules left out. `templates` are those of personal offers that get another
    version. `parts` names what changed besides offers: `groups`, `goods_tags`, `guards`, `personal_offers`. With
    nothing changed, `after` is `before`.
    """

    before: Rules
    after: Rules
    added: tuple[Offer, ...] = ()
    changed: tuple[OfferPair, ...] = ()
    archived: tuple[Offer, ...] = ()
    parts: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.archived or self.parts)

    @property
    def versions(self) -> list[Offer]:
        """The offers that get a new version, as they will be."""
        return [*self.added, *(after for _, after in self.changed), *self.archived]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Versions(Generic[Rule]):
    """What was written anew, those left out included, and which of them get another version, and why."""

    whole: tuple[Rule, ...]
    added: tuple[Rule, ...]
    changed: tuple[tuple[Rule, Rule], ...]
    archived: tuple[Rule, ...]

    @property
    def new(self) -> tuple[Rule, ...]:
        return self.added + tuple(after for _, after in self.changed) + self.archived


def change_to(wanted: Rules, kept: Rules) -> RulesChange:
    """Compare rules with those that are kept: what stays the same keeps its version, the rest gets the next one.

    Versions and the edition that `wanted` tells do not count: they say what was read, not what is to be.
    """
    offers, templates = _versions(wanted.offers, kept.offers), _versions(wanted.templates, kept.templates)
    after = replace(wanted, edition=kept.edition + 1, offers=offers.whole, templates=templates.whole)
    change = RulesChange(
        before=kept,
        after=after,
        added=offers.added,
        changed=offers.changed,
        archived=offers.archived,
        parts=(*_parts(kept, wanted), *(("personal_offers",) if templates.new else ())),
        templates=templates.new,
    )
    return replace(change, after=kept) if change.is_empty else change


def _versions(wanted: Sequence[Rule], kept: Sequence[Rule]) -> _Versions[Rule]:
    whole: list[Rule] = []
    added: list[Rule] = []
    changed: list[tuple[Rule, Rule]] = []
    known = {each.code: each for each in kept}
    for each in wanted:
        old = known.get(each.code)
        if old is None:
            added.append(replace(each, version=1))
            whole.append(added[-1])
        elif replace(each, version=old.version) == old:
            whole.append(old)
        else:
            changed.append((old, replace(each, version=old.version + 1)))
            whole.append(changed[-1][1])
    left, archived = _left_out(wanted, kept)
    whole.extend(left)
    return _Versions(whole=tuple(whole), added=tuple(added), changed=tuple(changed), archived=archived)


def _left_out(wanted: Sequence[Rule], kept: Sequence[Rule]) -> tuple[list[Rule], tuple[Rule, ...]]:
    """Give what is kept and not wanted any more, all of it archived; and what was not archived yet."""
    codes = {each.code for each in wanted}
    left: list[Rule] = []
    archived: list[Rule] = []
    for each in kept:
        if each.code in codes:
            continue
        if each.state is OfferState.ARCHIVED:
            left.append(each)
        else:
            archived.append(replace(each, version=each.version + 1, state=OfferState.ARCHIVED))
            left.append(archived[-1])
    return left, tuple(archived)


def _parts(kept: Rules, wanted: Rules) -> tuple[str, ...]:
    """Name what changed besides offers; the order in which groups and tags are listed means nothing."""
    differs = {
        "groups": frozenset(kept.groups) != frozenset(wanted.groups),
        "goods_tags": frozenset(kept.goods_tags) != frozenset(wanted.goods_tags),
        "guards": kept.guards != wanted.guards,
    }
    return tuple(name for name, is_other in differs.items() if is_other)
