"""`tessera cards issue`: a card of a design for every member, or for those of a segment, and how far that is."""

import asyncio
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from locales.catalogue import gettext, ngettext
from offers.flows.issue_cards import IssueCards
from offers.model.design import MAIN_DESIGN
from offers.model.issuance import AtGoogle, Issuance, IssueWish, Skipped
from offers.store.store import Store
from service.cli.choosing import chosen_programme
from service.cli.code_files import CodeBar
from service.cli.language import cli_language
from service.cli.programmes import run_on_store
from service.now import chance, now
from service.settings import Settings

app = typer.Typer(help="Cards of members.", no_args_is_help=True)
console = Console()
INTERRUPTED = 130
TEXTS: dict[Skipped, tuple[str, str]] = {
    Skipped.HAS_ONE: ("{n} member has one already", "{n} members have one already"),
    Skipped.MERGED: ("{n} member is part of another", "{n} members are parts of others"),
}

Slug = Annotated[str | None, typer.Option("--programme", help="The programme's slug; the only one by default")]


@app.callback()
def cards() -> None:
    """Keep `issue` a command of its own: one command alone would swallow the name."""


@app.command("issue")
def issue(  # noqa: PLR0917 - options of a command, given by name
    design: Annotated[str, typer.Option(help="The design's slug")] = MAIN_DESIGN,
    programme: Slug = None,
    segment: Annotated[str | None, typer.Option(help="Only members of this segment")] = None,
    source: Annotated[str | None, typer.Option(help="Only members whose source begins so: import, till-, bot")] = None,
    google: Annotated[
        AtGoogle, typer.Option(help="Whose cards are put at Google at once: holders have another card there")
    ] = AtGoogle.HOLDERS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be issued")] = False,
) -> None:
    """Issue a card to every member who has none of the design. Interrupted or run again, it issues nothing twice."""
    language, began = cli_language(), perf_counter()
    at_google = google if Settings().google.service_account else AtGoogle.NOBODY
    wish = IssueWish(design=design, segment=segment, source=source, at_google=at_google)

    async def run(store: Store) -> tuple[Issuance, int]:
        issue_cards = IssueCards(store, now, chance)
        begun = await issue_cards.begin(await chosen_programme(store, programme), wish)
        return await _walk(issue_cards, begun, dry_run=dry_run)

    try:
        ended, before = run_on_store(run)
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        _say(gettext(language, "Interrupted. Run the same command again: it goes on where it stopped."))
        raise typer.Exit(INTERRUPTED) from stop
    for line in report(ended, language, issued_before=before, elapsed_s=perf_counter() - began, dry_run=dry_run):
        _say(line)


async def _walk(issue_cards: IssueCards, begun: Issuance, *, dry_run: bool) -> tuple[Issuance, int]:
    """Walk to the end under a bar; gives how it ended, and how many were issued before it went on."""
    language = cli_language()
    if begun.looked_at:
        _say(ngettext(language, "Going on after {n} member", "Going on after {n} members", begun.looked_at))
    words = gettext(language, "Looking" if dry_run else "Issuing cards")
    ended = begun
    with CodeBar(console, words, total=await issue_cards.count(begun)) as bar:
        bar.advance(begun.looked_at)
        async for now_at in (issue_cards.rehearse if dry_run else issue_cards.walk)(begun):
            bar.advance(now_at.looked_at - ended.looked_at)
            ended = now_at
    return ended, begun.issued


def report(ended: Issuance, language: str, *, issued_before: int, elapsed_s: float, dry_run: bool) -> list[str]:
    """Say how many were issued, how fast, and who got none and why."""
    if dry_run:
        lines = [ngettext(language, "{n} card would be issued", "{n} cards would be issued", ended.issued)]
    else:
        pace = int((ended.issued - issued_before) / elapsed_s)
        told = ngettext(language, "{n} card issued", "{n} cards issued", ended.issued)
        lines = [told + gettext(language, " ({pace} a second)", pace=pace)]
    for why, (one, many) in TEXTS.items():
        if count := ended.skipped.get(why, 0):
            lines.append(ngettext(language, one, many, count))
    if ended.google:
        lines.append(
            ngettext(
                language,
                "{n} of them goes to Google, after everything more urgent",
                "{n} of them go to Google, after everything more urgent",
                ended.google,
            )
        )
    return lines


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)
