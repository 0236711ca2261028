"""Find the names that a programme's rules may speak of: its outlets, by id or slug, and its levels."""

from collections.abc import Mapping
from dataclasses import dataclass

from offers.engine.rule_faults import Names
from offers.engine.rule_walks import with_outlet_ids
from offers.model.ids import OutletId
from offers.model.programme import Outlet, Programme
from offers.model.rules import Rules
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeNames:
    """`names` to check rules by; `by_id` makes them name outlets by their ids alone."""

    names: Names
    outlets: Mapping[str, Outlet]

    def by_id(self, rules: Rules) -> Rules:
        ids: dict[str, OutletId] = {name: outlet.id for name, outlet in self.outlets.items()}
        return with_outlet_ids(rules, ids)


async def find_names(work: Work, programme: Programme) -> ProgrammeNames:
    outlets: dict[str, Outlet] = {}
    for outlet in await work.programmes.outlets(programme.id):
        outlets |= {outlet.slug: outlet, outlet.id: outlet}
    levels = frozenset(level.key for level in programme.terms.levels)
    return ProgrammeNames(names=Names(outlets=frozenset(outlets), levels=levels), outlets=outlets)
