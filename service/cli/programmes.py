"""`tessera programme open|list|key`: what a café does once, before its first scan."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from locales.catalogue import gettext
from offers.flows.find_programme import FindProgramme
from offers.flows.issue_key import IssueKey
from offers.flows.open_programme import Opened, Opening, OpenProgramme
from offers.model.programme import Language, LocalText, Outlet, Programme, Scope, Terms
from offers.store.store import Store
from service.cli.language import cli_language
from service.cli.terms import read_currency, read_levels, read_name, read_slug, read_zone
from service.now import chance, now
from service.opening import open_store
from service.settings import Settings

app = typer.Typer(help="Programmes and the keys of their tills.", no_args_is_help=True)
console = Console()
FIRST = "tessera programme open --slug coffee --name-ru … --name-en …"
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
    money = read_currency(currency)
    names = LocalText(ru=read_name(name_ru, option="--name-ru"), en=read_name(name_en, option="--name-en"))
    opening = Opening(
        slug=read_slug(slug),
        name=names,
        currency=money,
        zone=read_zone(zone),
        merchant_name=names.en,
        outlet_name=names.en,
        terms=Terms(accrual_bp=round(accrual * 100), levels=read_levels(level or [], money)),
    )
    _show_opened(run_on_store(lambda store: OpenProgramme(store, now, chance)(opening)))


def _show_opened(opened: Opened) -> None:
    language = cli_language()
    name, settings = opened.programme.name(Language(language)), Settings()
    for line in (
        gettext(language, "“{name}” is open.", name=name),
        gettext(language, "Join page: {address}", address=f"{settings.web.public_url}/join/{opened.programme.slug}"),
        gettext(language, "Till page: {address}", address=f"{settings.web.public_url}/till"),
        gettext(language, "Till key: {key}", key=opened.till_key.secret),
        gettext(
            language,
            "The key is shown this once; another one: tessera programme key --slug {slug}",
            slug=opened.programme.slug,
        ),
    ):
        _print(line)


@app.command("list")
def list_programmes() -> None:
    """List the programmes and their outlets."""

    async def look(store: Store) -> list[tuple[Programme, list[Outlet]]]:
        programmes = store.reading.programmes
        return [(each, await programmes.outlets(each.id)) for each in await programmes.all()]

    language = cli_language()
    rows = run_on_store(look)
    if not rows:
        _print(gettext(language, "No programme yet. Open one: {command}", command=FIRST))
        return
    titles = (
        gettext(language, "Slug"),
        gettext(language, "Name"),
        gettext(language, "Currency"),
        gettext(language, "Outlets"),
    )
    table = Table(*titles)
    for programme, outlets in rows:
        name = escape(programme.name(Language(language)))
        table.add_row(programme.slug, name, programme.currency, ", ".join(outlet.slug for outlet in outlets))
    console.print(table)


@app.command("key")
def issue_key(
    slug: Annotated[str, typer.Option(help="The programme's slug")],
    outlet: Annotated[str, typer.Option(help="The outlet's slug")] = "main",
    name: Annotated[str, typer.Option(help="What to call the key")] = "till",
    operator: Annotated[
        bool, typer.Option("--operator", help="A key for the programme's own API, such as /v1/offers, and for no till")
    ] = False,
) -> None:
    """Issue another till key for an outlet, or an operator's key. It is shown this once."""
    language = cli_language()
    if operator:
        told = run_on_store(lambda store: _issue_operator_key(store, slug, name))
        _print(gettext(language, "Operator key: {key}", key=told))
        return

    async def issue(store: Store) -> str:
        programme = await FindProgramme(store)(slug)
        outlets = {each.slug: each for each in await store.reading.programmes.outlets(programme.id)}
        if outlet not in outlets:
            known = gettext(language, "the outlets of {slug} are: {outlets}", slug=slug, outlets=", ".join(outlets))
            raise typer.BadParameter(known, param_hint="--outlet")
        return (await IssueKey(store, now, chance).for_till(outlets[outlet], name=name)).secret

    secret = run_on_store(issue)
    _print(gettext(language, "Till key: {key}", key=secret))


async def _issue_operator_key(store: Store, slug: str, name: str) -> str:
    programme = await FindProgramme(store)(slug)
    return (await IssueKey(store, now, chance).for_programme(programme.id, Scope.OPERATOR, name=name)).secret


def run_on_store(work: Callable[[Store], Awaitable[Answer]]) -> Answer:
    """Run one piece of work on the configured store, beside a running Tessera if there is one."""

    async def run() -> Answer:
        async with open_store(Settings(), beside=True) as opened:
            return await work(opened.store)

    return asyncio.run(run())


def _print(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)
