"""Find the rulebook of a programme, made ready: made once for each wording, then shared."""

from collections import OrderedDict

from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.model.programme import Programme
from offers.store.work import Work

_KEPT_AT_ONCE = 256
_READY: OrderedDict[tuple[Programme, str], ReadyRulebook] = OrderedDict()
"""By programme and digest of its rules: the same words make the same rulebook, wherever they are kept."""


async def find_rulebook(work: Work, programme: Programme) -> ReadyRulebook:
    """Give the rulebook as `work` sees it. Costs one look at its digest; the rest is read when that has changed."""
    digest = await work.rulebooks.digest(programme.id)
    if ready := _READY.get((programme, digest)):
        _READY.move_to_end((programme, digest))
        return ready
    rules = await work.rulebooks.get(programme.id)
    ready = make_ready(rules.rulebook(programme))
    if await work.rulebooks.digest(programme.id) == digest:
        _READY[programme, digest] = ready
    if len(_READY) > _KEPT_AT_ONCE:
        _READY.popitem(last=False)
    return ready
