"""`tessera report liability`: what a programme owes its members, to the unit."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from locales.catalogue import gettext
from locales.numbers import count, percent
from offers.engine.calendar import midnight
from offers.flows.report_liability import ReportLiability
from offers.model.errors import UnknownProgramme
from offers.model.ledger import POINTS
from offers.model.liability import LiabilityReport, LiabilityRow
from offers.model.programme import Programme
from offers.store.store import Store
from service.cli.language import cli_language
from service.cli.programmes import run_on_store
from service.now import now

app = typer.Typer(help="Reports on a programme.", no_args_is_help=True)
console = Console()
UNRECONCILED = 1

TITLES = {
    "opening": "opening",
    "issued": "issued",
    "redeemed": "redeemed",
    "expired": "expired",
    "taken_back": "taken back",
    "restored": "restored",
    "adjusted": "adjusted",
    "moved": "moved",
    "made_good": "debts paid",
    "closing": "closing",
}

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First local day; that of this month by default")
]
LastDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last local day; up to now by default")]


class Holding(StrEnum):
    POINTS = "points"
    PREPAID = "prepaid"


@app.command("liability")
def liability(
    programme: Annotated[str, typer.Option(help="The programme's slug")],
    since: Day = None,
    until: LastDay = None,
    holding: Annotated[Holding, typer.Option(help="Points, or prepaid money in minor units")] = Holding.POINTS,
) -> None:
    """What is owed, and how it came to that, by funder and month of expiry. Ends with 1 when it does not add up."""

    async def make(store: Store) -> tuple[Programme, LiabilityReport]:
        found = await store.reading.programmes.by_slug(programme)
        if found is None:
            raise UnknownProgramme(slug=programme)
        first = since or now().astimezone(ZoneInfo(found.zone)).replace(day=1)
        last = None if until is None else midnight(until.date() + timedelta(days=1), found.zone)
        begins = midnight(first.date(), found.zone)
        currency = POINTS if holding is Holding.POINTS else found.currency
        return found, await ReportLiability(store, now)(found, since=begins, until=last, currency=currency)

    found, report = run_on_store(make)
    language = cli_language()
    console.print(found.name.ru if language == "ru" else found.name.en, style="bold")
    console.print(movements_table(report, language))
    console.print(months_table(report, language))
    for line in summary(report, language):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if not report.reconciles:
        raise typer.Exit(UNRECONCILED)


def movements_table(report: LiabilityReport, language: str) -> Table:
    """Draw a row for each funder; what is owed by members stands under debts."""
    table = Table(gettext(language, "funder"))
    for title in TITLES.values():
        table.add_column(gettext(language, title), justify="right")
    for row in report.rows:
        table.add_row(row.funder or gettext(language, "(debts)"), *_numbers(row, language))
    table.add_section()
    table.add_row(gettext(language, "total"), *_numbers(report.total, language))
    return table


def months_table(report: LiabilityReport, language: str) -> Table:
    table = Table(gettext(language, "runs out in"), gettext(language, "funder"))
    table.add_column(gettext(language, "open"), justify="right")
    for month in report.months:
        table.add_row(month.month or gettext(language, "never"), month.funder, count(language, month.points))
    return table


def summary(report: LiabilityReport, language: str) -> list[str]:
    verdict = (
        gettext(language, "It adds up to the unit.")
        if report.reconciles
        else gettext(language, "It does NOT add up: run `tessera verify`.")
    )
    return [
        gettext(language, "Unspent of what ended: {share}", share=percent(language, report.breakage_bp)),
        verdict,
    ]


def _numbers(row: LiabilityRow, language: str) -> list[str]:
    return [count(language, getattr(row, column)) for column in TITLES]
