"""`tessera exposures`: who was drawn for what, and what that changed, from the database or from files."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from locales.catalogue import gettext
from locales.numbers import count
from offers.model.errors import UnknownProgramme
from offers.model.exposure import ArmCount
from offers.store.store import Store
from service.cli.exposure_words import report_lines
from service.cli.language import cli_language
from service.cli.programmes import run_on_store
from service.now import now

if TYPE_CHECKING:  # polars takes a while to load, and other commands do not need it
    from scoring.exposures.report import CampaignReport

app = typer.Typer(help="Who was drawn for which offer, and what that changed.", no_args_is_help=True)
console = Console()
progress = Console(stderr=True)
UNUSABLE = 2
SEED = 0

Slug = Annotated[str, typer.Option(help="The programme's slug")]


@app.command("list")
def list_campaigns(programme: Slug) -> None:
    """List campaigns with their arms: how many were drawn, and how many should have been by their chances."""

    async def read(store: Store) -> list[ArmCount]:
        found = await store.reading.programmes.by_slug(programme)
        if found is None:
            raise UnknownProgramme(slug=programme)
        return await store.reading.exposures.counts(found.id)

    language = cli_language()
    table = Table(*(gettext(language, title) for title in ("campaign", "policy", "arm", "drawn", "expected")))
    for each in run_on_store(read):
        table.add_row(
            each.campaign, each.policy, each.arm, count(language, each.members), count(language, round(each.expected))
        )
    console.print(table)


@app.command("report")
def report(  # noqa: PLR0917 - options of a command, given by name
    campaign: Annotated[str, typer.Option(help="The campaign, as `tessera exposures list` names it")],
    programme: Annotated[str, typer.Option(help="The programme's slug, to read from the database")] = "",
    log: Annotated[Path | None, typer.Option(help="A log of exposures in a file", exists=True, dir_okay=False)] = None,
    history: Annotated[
        Path | None, typer.Option(help="The history of the same members", exists=True, dir_okay=False)
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last local day that counts; today by default")
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone whose calendar days are counted, for files")] = "UTC",
) -> None:
    """Report a campaign: the check of the draw, and what each arm changed against nothing, with 95 % intervals.

    "It cannot be told" is an answer. From the database by --programme, or from files by --log and --history.
    """
    from scoring.errors import ScoringError

    language = cli_language()
    if not programme and (log is None or history is None):
        raise typer.BadParameter(gettext(language, "Name a programme, or both files."))
    try:
        if log is not None and history is not None:
            found = _measure(campaign, log, history, as_of, zone)
        else:
            found = _from_store(campaign, programme, as_of)
    except ScoringError as refusal:
        progress.print(_words(refusal, language), style="red", soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(UNUSABLE) from refusal
    for line in report_lines(found, campaign, language):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _from_store(campaign: str, slug: str, as_of: datetime | None) -> "CampaignReport | None":
    from service.night.exposures import read_campaign
    from service.night.given import add_given
    from service.night.purchases import read_purchases

    async def read(store: Store) -> "CampaignReport | None":
        found = await store.reading.programmes.by_slug(slug)
        if found is None:
            raise UnknownProgramme(slug=slug)
        with tempfile.TemporaryDirectory(prefix="tessera-report-") as name:
            folder = Path(name)
            await read_purchases(store, found.id, folder / "history.parquet", watch=lambda *_: None)
            await read_campaign(store, found, campaign, folder / "log.parquet", until=now())
            await add_given(store, found, folder / "log.parquet", until=now())
            return await asyncio.to_thread(
                _measure, campaign, folder / "log.parquet", folder / "history.parquet", as_of, found.zone
            )

    return run_on_store(read)


def _measure(campaign: str, log: Path, history: Path, as_of: datetime | None, zone: str) -> "CampaignReport | None":
    """Read and measure under a bar; None when nobody was drawn in the campaign by then."""
    import polars as pl

    from scoring.exposures.learning import worth_of_policies
    from scoring.exposures.log import read_log
    from scoring.exposures.outcomes import matured, outcomes_of
    from scoring.exposures.report import report_of
    from scoring.history.visits import day_number
    from scoring.partitions.known import Question, known_members
    from scoring.partitions.machines import HERE

    day = (as_of or now().astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)).date()
    exposures = read_log(log, as_of=day, zone=zone).filter(pl.col("campaign") == campaign)
    if not exposures.height:
        return None
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=progress)
    with bar, known_members(Question(path=history, as_of=day, zone=zone), HERE) as known:
        bar.add_task(gettext(cli_language(), "Measuring"), total=None)
        outcomes = outcomes_of(known, matured(exposures, day_number(day)), HERE)
        found = report_of(campaign, exposures, outcomes)
        return found if found.mismatch.blocks else replace(found, worth=worth_of_policies(outcomes, seed=SEED))


def _words(refusal: Exception, language: str) -> str:
    from scoring.errors import ScoringError
    from scoring.exposures.errors import TEXTS
    from scoring.history.errors import CannotScore

    if isinstance(refusal, CannotScore):
        return refusal.text(language)
    return gettext(language, TEXTS[refusal.code], **refusal.facts()) if isinstance(refusal, ScoringError) else ""
