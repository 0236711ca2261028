"""Find the rulebook of a programme, made ready: made once for each wording, then shared."""

from collections import OrderedDict
from dataclasses import dataclass

from offers.engine.ready_rulebook import ReadyRulebook, make_ready
from offers.model.ids import ProgrammeId
from offers.model.programme import Programme
from offers.store.work import Work

_KEPT_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRulebook:
    """A rulebook and what it was made of: the programme's terms, and the rules of this digest."""

    programme: Programme
    rules_digest: str
    ready: ReadyRulebook


_KNOWN: OrderedDict[ProgrammeId, KnownRulebook] = OrderedDict()
"""The latest of each programme. The same words make the same rulebook, wherever they are kept."""


async def find_rulebook(work: Work, programme: Programme, rules_digest: str | None = None) -> ReadyRulebook:
    """Give the rulebook as `work` sees it. Costs a look at its digest, unless that is given, and the rest on change."""
    return (await find_known_rulebook(work, programme, rules_digest)).ready


async def find_known_rulebook(work: Work, programme: Programme, rules_digest: str | None = None) -> KnownRulebook:
    """Give the rulebook with the digest of its rules, so that a later reader can tell whether it still stands."""
    digest = await work.rulebooks.digest(programme.id) if rules_digest is None else rules_digest
    if (known := rulebook_seen_last(programme)) and known.rules_digest == digest:
        return known
    rules = await work.rulebooks.get(programme.id)
    known = KnownRulebook(programme=programme, rules_digest=digest, ready=make_ready(rules.rulebook(programme)))
    if await work.rulebooks.digest(programme.id) == digest:
        _KNOWN[programme.id] = known
    if len(_KNOWN) > _KEPT_AT_ONCE:
        _KNOWN.popitem(last=False)
    return known


def rulebook_seen_last(programme: Programme) -> KnownRulebook | None:
    """Give the rulebook this process saw last under these terms; it may have changed since."""
    known = _KNOWN.get(programme.id)
    if known is None or known.programme != programme:
        return None
    _KNOWN.move_to_end(programme.id)
    return known
