"""`tessera programme open|list|key`: what a café does once, before its first scan."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from offers.flows.issue_key import IssueKey
from offers.flows.open_programme import Opening, OpenProgramme
from offers.model.errors import UnknownProgramme
from offers.model.programme import DiscountLevel, LocalText, Outlet, Terms
from offers.store.store import Store
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

app = typer.Typer(help="Programmes and the keys of their tills.", no_args_is_help=True)
console = Console()
Answer = TypeVar("Answer")


@app.command("open")
def open_programme(  # noqa: PLR0917 - options of a command, given by name
    slug: Annotated[str, typer.Option(help="Short name in addresses: /join/SLUG")],
    name_ru: Annotated[str, typer.Option(help="Name in Russian")],
    name_en: Annotated[str, typer.Option(help="Name in English")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code")] = "RUB",
    zone: Annotated[str, typer.Option(help="IANA time zone")] = "Europe/Moscow",
    accrual: Annotated[float, typer.Option(help="Points for a purchase, in percent", min=0, max=100)] = 5.0,
    level: Annotated[
        list[str] | None, typer.Option(help='Discount level "SPEND:PERCENT:NAME RU:NAME EN", repeatable')
    ] = None,
) -> None:
    """Open a programme with one merchant, one outlet and one till key. The key is shown this once."""
    opening = Opening(
        slug=slug,
        name=LocalText(ru=name_ru, en=name_en),
        currency=currency,
        zone=zone,
        merchant_name=name_en,
        outlet_name=name_en,
        terms=Terms(accrual_bp=round(accrual * 100), levels=tuple(_read_level(text) for text in level or ())),
    )
    opened = run_on_store(lambda store: OpenProgramme(store, now, chance)(opening))
    console.print(f"[bold]{opened.programme.name.en}[/] is open.")
    console.print(f"Join page:  /join/{opened.programme.slug}")
    console.print(
        f"Till key:   [bold]{opened.till_key.secret}[/]   (shown once; make another with `tessera programme key`)"
    )


@app.command("list")
def list_programmes() -> None:
    """List the programmes and their outlets."""

    async def look(store: Store) -> list[tuple[str, str, str, list[Outlet]]]:
        return [
            (each.slug, each.name.en, each.currency, await store.reading.programmes.outlets(each.id))
            for each in await store.reading.programmes.all()
        ]

    rows = run_on_store(look)
    if not rows:
        console.print("No programme yet. Open one: tessera programme open --slug coffee --name-ru … --name-en …")
        return
    table = Table("slug", "name", "currency", "outlets")
    for slug, name, currency, outlets in rows:
        table.add_row(slug, name, currency, ", ".join(outlet.slug for outlet in outlets))
    console.print(table)


@app.command("key")
def issue_key(
    slug: Annotated[str, typer.Option(help="The programme's slug")],
    outlet: Annotated[str, typer.Option(help="The outlet's slug")] = "main",
    name: Annotated[str, typer.Option(help="What to call the key")] = "till",
) -> None:
    """Issue another till key for an outlet. It is shown this once."""

    async def issue(store: Store) -> str:
        programme = await store.reading.programmes.by_slug(slug)
        if programme is None:
            raise UnknownProgramme(slug=slug)
        outlets = {each.slug: each for each in await store.reading.programmes.outlets(programme.id)}
        if outlet not in outlets:
            raise typer.BadParameter(f"outlets of {slug}: {', '.join(outlets)}", param_hint="--outlet")
        return (await IssueKey(store, now, chance).for_till(outlets[outlet], name=name)).secret

    console.print(f"Till key: [bold]{run_on_store(issue)}[/]")


def run_on_store(work: Callable[[Store], Awaitable[Answer]]) -> Answer:
    """Run one piece of work on the configured store, beside a running Tessera if there is one."""

    async def run() -> Answer:
        async with open_store(Settings(), beside=True) as opened:
            return await work(opened.store)

    return asyncio.run(run())


def _read_level(text: str) -> DiscountLevel:
    parts = text.split(":")
    try:
        spend, percent, name_ru, name_en = parts
        return DiscountLevel(
            name=LocalText(ru=name_ru, en=name_en),
            spend_threshold_minor=round(float(spend) * 100),
            discount_bp=round(float(percent) * 100),
        )
    except ValueError as error:
        raise typer.BadParameter(f'"{text}" is not SPEND:PERCENT:NAME RU:NAME EN', param_hint="--level") from error
