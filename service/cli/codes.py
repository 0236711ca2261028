"""`tessera codes generate|import|export|batches`: voucher codes by the million, and those printed before."""

import asyncio
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from locales.catalogue import gettext, ngettext
from offers.flows.import_codes import ImportedChunk
from offers.flows.make_codes import MAX_CODES, MakeCodes
from offers.model.programme import Programme
from offers.model.voucher import MAX_USES_PER_CODE, Batch, BatchId, Origin
from offers.store.store import Store
from service.cli.choosing import chosen_programme
from service.cli.code_files import CodeFile, read_codes
from service.cli.code_work import CodeTerms, fill_file, import_texts
from service.cli.language import cli_language
from service.cli.programmes import run_on_store
from service.now import chance, now

app = typer.Typer(help="Voucher codes.", no_args_is_help=True)
console = Console()
INTERRUPTED = 130

Slug = Annotated[str | None, typer.Option("--programme", help="The programme's slug; the only one by default")]
Campaign = Annotated[str, typer.Option(help="The campaign the codes belong to")]
Offer = Annotated[str, typer.Option(help="The offer a code gives")]
Uses = Annotated[int, typer.Option(help="How often one code may be used", min=1, max=MAX_USES_PER_CODE)]
PerMember = Annotated[int | None, typer.Option(help="How often one member may use a code", min=1)]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last local day the codes work")]
BatchName = Annotated[str, typer.Option("--batch", help="The batch's number")]


@app.command("generate")
def generate(  # noqa: PLR0917 - options of a command, given by name
    campaign: Campaign,
    count: Annotated[int, typer.Option(help="How many codes", min=1, max=MAX_CODES)],
    offer: Offer = "",
    output: Annotated[Path | None, typer.Option(help="CSV file for the codes; CAMPAIGN-BATCH.csv by default")] = None,
    uses: Uses = 1,
    per_member: PerMember = None,
    until: Day = None,
    programme: Slug = None,
    batch: Annotated[str | None, typer.Option(help="Go on with a batch that was interrupted")] = None,
) -> None:
    """Make codes of ten random symbols and a check symbol, and write them to a CSV file as they are kept.

    Interrupted, the command tells how to go on: only what the batch still lacks is made.
    """
    terms = CodeTerms(campaign=campaign, offer=offer, uses=uses, per_member=per_member, until=until)

    async def make(store: Store) -> tuple[Path, int]:
        owner = await chosen_programme(store, programme)
        making = MakeCodes(store, now, chance)
        filled = await _batch(store, owner, batch) if batch else await making.begin(terms.wish(owner, count))
        path = output or Path(f"{campaign}-{filled.id}.csv")
        console.print(gettext(language, "Batch {batch}", batch=filled.id))
        return path, await fill_file(making, filled, path, console)

    language, began = cli_language(), perf_counter()
    try:
        path, made = run_on_store(make)
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        _say(gettext(language, "Interrupted. To go on, repeat the command with --batch and the number above."))
        raise typer.Exit(INTERRUPTED) from stop
    told = ngettext(language, "{n} code made, in {path}", "{n} codes made, in {path}", made, path=path)
    _say(told + gettext(language, " ({pace} a second)", pace=int(made / (perf_counter() - began))))


@app.command("import")
def import_codes(  # noqa: PLR0917 - options of a command, given by name
    file: Annotated[Path, typer.Argument(help="CSV, or one code in a line", exists=True, dir_okay=False)],
    campaign: Campaign,
    offer: Offer = "",
    column: Annotated[str | None, typer.Option(help="The CSV column with the codes; the first by default")] = None,
    uses: Uses = 1,
    per_member: PerMember = None,
    until: Day = None,
    programme: Slug = None,
) -> None:
    """Import codes printed before, of any alphabet. What is there already is left as it is."""
    terms = CodeTerms(campaign=campaign, offer=offer, uses=uses, per_member=per_member, until=until)

    async def bring_in(store: Store) -> ImportedChunk:
        owner = await chosen_programme(store, programme)
        texts = read_codes(file, column)
        making = MakeCodes(store, now, chance)
        batch = await making.begin(terms.wish(owner, len(texts)), origin=Origin.IMPORTED)
        return await import_texts(store, batch, texts, console)

    _tell_import(cli_language(), run_on_store(bring_in))


def _tell_import(language: str, told: ImportedChunk) -> None:
    _say(ngettext(language, "{n} code imported", "{n} codes imported", told.kept))
    if told.doubled:
        _say(ngettext(language, "{n} code was there already", "{n} codes were there already", told.doubled))
    if told.refused:
        refused = ngettext(
            language,
            "{n} line is no code: {first}",
            "{n} lines are no codes: {first}",
            len(told.refused),
            first=repr(told.refused[0]),
        )
        _say(refused)


@app.command("export")
def export(
    batch: BatchName,
    output: Annotated[Path, typer.Option(help="CSV file for the codes")],
    programme: Slug = None,
) -> None:
    """Write every code of a batch to a CSV file."""

    async def write(store: Store) -> int:
        found = await _batch(store, await chosen_programme(store, programme), batch)
        written = 0
        with CodeFile(output) as file:
            async for voucher in store.reading.vouchers.codes_of(found.id):
                file.write([voucher.code], foreign=found.origin is Origin.IMPORTED)
                written += 1
        return written

    language = cli_language()
    written = run_on_store(write)
    _say(ngettext(language, "{n} code written to {path}", "{n} codes written to {path}", written, path=output))


@app.command("batches")
def batches(programme: Slug = None) -> None:
    """List the batches of codes, newest first."""

    async def look(store: Store) -> list[Batch]:
        return await store.reading.vouchers.batches((await chosen_programme(store, programme)).id)

    language = cli_language()
    titles = [
        gettext(language, "Batch"),
        gettext(language, "Campaign"),
        gettext(language, "Codes"),
        gettext(language, "Uses"),
        gettext(language, "Made at"),
    ]
    table = Table(*titles)
    for each in run_on_store(look):
        table.add_row(
            each.id, each.campaign, str(each.made), str(each.uses_per_code), f"{each.created_at:%Y-%m-%d %H:%M}"
        )
    console.print(table)


async def _batch(store: Store, owner: Programme, number: str) -> Batch:
    batch = await store.reading.vouchers.batch(BatchId(number))
    if batch is None or batch.programme_id != owner.id:
        raise typer.BadParameter(gettext(cli_language(), "No such batch"), param_hint="--batch")
    return batch


def _say(text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)
