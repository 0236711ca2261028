"""Find the rulebook of a programme, made ready: made once for each edition, then shared."""

from collections import OrderedDict
from weakref import WeakKeyDictionary

from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work

_KEPT_AT_ONCE = 256
_READY: WeakKeyDictionary[Store, OrderedDict[tuple[Programme, int], ReadyRulebook]] = WeakKeyDictionary()


async def find_rulebook(store: Store, work: Work, programme: Programme) -> ReadyRulebook:
    """Give the rulebook as `work` sees it. Costs one look at its edition; the rest is read when that has changed."""
    known = _READY.setdefault(store, OrderedDict())
    edition = await work.rulebooks.edition(programme.id)
    if ready := known.get((programme, edition)):
        known.move_to_end((programme, edition))
        return ready
    rules = await work.rulebooks.get(programme.id)
    ready = known[programme, rules.edition] = make_ready(rules.rulebook(programme))
    if len(known) > _KEPT_AT_ONCE:
        known.popitem(last=False)
    return ready
