"""`tessera import transactions|members FILE`: history from files, kept once however often the command is run."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from locales.catalogue import gettext
from service.cli.language import cli_language
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

if TYPE_CHECKING:  # polars takes a while to load, and other commands do not need it
    from service.importing.run import ImportFile
    from service.importing.watch import Summary

app = typer.Typer(help="Past purchases and members from CSV, Parquet or NDJSON files.", no_args_is_help=True)
console = Console()
UNUSABLE = 2
INTERRUPTED = 130

File = Annotated[Path, typer.Argument(help="CSV, Parquet or NDJSON", exists=True, dir_okay=False)]
Map = Annotated[list[str] | None, typer.Option("--map", help="field=COLUMN of the file, repeatable")]
Constant = Annotated[list[str] | None, typer.Option("--constant", help="field=value for every row, repeatable")]
Programme = Annotated[str | None, typer.Option(help="The programme's slug; the only one by default")]
Zone = Annotated[str | None, typer.Option(help="Zone of times without an offset; the programme's by default")]
Region = Annotated[
    str | None, typer.Option(help="Country (RU, GB) of phones without its code; the currency's by default")
]
Encoding = Annotated[str | None, typer.Option(help="utf-8, cp1251…; told from the file by default")]
Delimiter = Annotated[str | None, typer.Option(help="Delimiter of CSV; told from the file by default")]
Rejected = Annotated[Path | None, typer.Option(help="Where to list rejected rows; FILE.rejected.csv by default")]


class Decimal(StrEnum):
    AUTO = "auto"
    POINT = "point"
    COMMA = "comma"


@app.command("transactions")
def import_transactions(  # noqa: PLR0917 - options of a command, given by name
    file: File,
    mapped: Map = None,
    constant: Constant = None,
    programme: Programme = None,
    outlet: Annotated[str | None, typer.Option(help="The outlet's slug; the only one by default")] = None,
    enrol: Annotated[bool, typer.Option("--enrol", help="Enrol members nobody knows, with one card each")] = False,
    zone: Zone = None,
    decimal: Annotated[Decimal, typer.Option(help="What separates decimals")] = Decimal.AUTO,
    region: Region = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    rejected: Rejected = None,
) -> None:
    """Import past purchases, one line of an order in each row.

    Fields: member or phone, at, amount (of the line) or price (of one), and if there are any order_ref, sku, category,
    quantity, status. Lines of one order and day become one purchase; a line without an order is a purchase of its own.
    They give no points. Run again, the command adds nothing; interrupted, it goes on.
    """
    from service.cli.import_report import purchases_report
    from service.importing.amounts import DecimalMark
    from service.importing.columns import read_pairs
    from service.importing.run import Wishes

    def wishes() -> Wishes:
        return Wishes(
            programme=programme,
            outlet=outlet,
            zone=zone,
            region=region,
            mark=DecimalMark(decimal),
            mapped=read_pairs(mapped or [], option="--map"),
            constants=read_pairs(constant or [], option="--constant"),
            enrol=enrol,
            encoding=encoding,
            delimiter=delimiter,
            rejected=rejected,
            language=cli_language(),
        )

    _run(lambda importing: importing.transactions(file, wishes()), purchases_report)


@app.command("members")
def import_members(  # noqa: PLR0917 - options of a command, given by name
    file: File,
    mapped: Map = None,
    constant: Constant = None,
    programme: Programme = None,
    zone: Zone = None,
    region: Region = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    rejected: Rejected = None,
) -> None:
    """Import members, one in each row, each with one card.

    Fields: external_id or phone, and if there are any language (ru, en), birthday, source, enrolled_at,
    consent_personal_data, consent_advertising (yes, no), consent_at. Of a member who is there already only what is
    empty is filled in. Run again, the command adds nothing.
    """
    from service.cli.import_report import members_report
    from service.importing.columns import read_pairs
    from service.importing.run import Wishes

    def wishes() -> Wishes:
        return Wishes(
            programme=programme,
            zone=zone,
            region=region,
            mapped=read_pairs(mapped or [], option="--map"),
            constants=read_pairs(constant or [], option="--constant"),
            encoding=encoding,
            delimiter=delimiter,
            rejected=rejected,
            language=cli_language(),
        )

    _run(lambda importing: importing.members(file, wishes()), members_report)


def _run(
    importing: Callable[["ImportFile"], Awaitable["Summary"]],
    report: Callable[["Summary", str, float], list[str]],
) -> None:
    """Run an import under a progress bar, then say what it came to; a file that cannot be imported ends with 2."""
    from service.cli.import_report import Bars
    from service.importing.errors import CannotImport
    from service.importing.run import ImportFile

    language = cli_language()

    async def run() -> tuple["Summary", float]:
        async with open_store(Settings(), beside=True) as opened:
            began = perf_counter()
            with Bars(console, language) as bars:
                summary = await importing(ImportFile(opened.store, now, chance, bars))
            return summary, perf_counter() - began

    try:
        summary, elapsed_s = asyncio.run(run())
    except CannotImport as refusal:
        console.print(refusal.text(language), style="red", soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(UNUSABLE) from refusal
    except KeyboardInterrupt as stop:
        console.print(gettext(language, "Interrupted. Run the same command again: nothing is added twice."))
        raise typer.Exit(INTERRUPTED) from stop
    for line in report(summary, language, elapsed_s):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
