"""What the night says of personal offers: issued by themselves, or waiting for a person, and for what."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from locales.catalogue import gettext, ngettext
from offers.model.programme import Language, Programme
from offers.store.store import Store
from service.cli.personal_words import WAITS
from service.cli.refusals import lines_of
from service.now import chance, now

if TYPE_CHECKING:  # loads scipy
    from service.personal.automatic import Done


async def issue_after_scores(store: Store, programme: Programme, language: str, say: Callable[[str], None]) -> None:
    """Issue what templates ask to have issued after a night's scores, and say what came of each."""
    from service.personal.automatic import IssueAutomatically

    async for done in IssueAutomatically(store, now, chance)(programme):
        for line in _lines(done, language):
            say(line)


def _lines(done: "Done", language: str) -> list[str]:
    title, run = done.template.title(Language(language)), done.run
    if done.refusal is not None:
        return [f"{title}: {line}" for line in lines_of(done.refusal, language) or ()]
    if run is None:
        return []
    if run.waits_for:
        why = gettext(language, WAITS[run.waits_for])
        waiting = gettext(
            language, "waits for a person, because {why}: tessera personal issue {run}", why=why, run=run.id
        )
        return [f"{title}: {waiting}"]
    return [f"{title}: {ngettext(language, '{n} coupon issued', '{n} coupons issued', run.issued)}"]
