"""`tessera personal activity`: let discounts follow activity, as each night does, or tell what would change."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from locales.catalogue import gettext, ngettext
from locales.numbers import percent
from offers.flows.follow_activity import FollowActivity, Followed
from offers.model.programme import Programme
from offers.store.store import Store
from service.cli.choosing import chosen_programme
from service.cli.code_files import CodeBar
from service.cli.language import cli_language
from service.cli.programmes import run_on_store
from service.now import now

console = Console()


def activity(
    programme: Annotated[
        str | None, typer.Option("--programme", help="The programme's slug; the only one by default")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change")] = False,
) -> None:
    """Let discounts follow what members buy, within the bands of the programme's terms. Each night does it too."""
    language = cli_language()

    async def run(store: Store) -> Followed | None:
        chosen = await chosen_programme(store, programme)
        if chosen.terms.activity is None:
            return None
        total = await store.reading.personal.count_members(chosen.id)
        followed = Followed()
        with CodeBar(console, gettext(language, "Counting activity"), total=total) as bar:
            async for after in FollowActivity(store, now).walk(chosen, dry_run=dry_run):
                bar.advance(after.members - followed.members)
                followed = after
        return followed

    followed = run_on_store(run)
    if followed is None:
        _say(gettext(language, "No discount follows activity in this programme: give it rules in its terms."))
        return
    for line in lines_of(followed, language):
        _say(line)
    if dry_run:
        _say(gettext(language, "Only told: nothing was changed."))


async def follow_after_scores(store: Store, programme: Programme, language: str, say: Callable[[str], None]) -> None:
    """Do it after a night's scores, where the terms have rules for it."""
    if programme.terms.activity is None:
        return
    followed = Followed()
    async for after in FollowActivity(store, now).walk(programme):
        followed = after
    for line in lines_of(followed, language):
        say(line)


def lines_of(followed: Followed, language: str) -> list[str]:
    """Say how many discounts moved, and how many members have which."""
    lines = [
        ngettext(language, "{n} discount raised", "{n} discounts raised", followed.raised),
        ngettext(language, "{n} lowered", "{n} lowered", followed.lowered),
    ]
    for rate, members in sorted(followed.at_bp.items()):
        lines.append(
            ngettext(
                language, "{percent}: {n} member", "{percent}: {n} members", members, percent=percent(language, rate)
            )
        )
    return lines


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)
