"""`tessera simulate`: policies in a generative shop where the truth is known, truth printed beside estimate."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from locales.catalogue import gettext
from service.cli.language import cli_language

if TYPE_CHECKING:  # numpy, scipy and xgboost take a while to load, and other commands do not need them
    from scoring.simulator.grid import Cell
    from scoring.simulator.shop import Shop

console = Console(stderr=True)
_WIDTH = 200
COVERED = "{shop}: {covered} of {rounds} comparisons of nothing with nothing cover zero (95 % promised)."
TITLES = {
    "nothing": "send nothing",
    "everyone_5": "5 % to everyone",
    "everyone_15": "15 % to everyone",
    "random_15": "15 % to a random third",
    "lapsed_15": "15 % to the lapsed",
    "best_customers_15": "15 % to the most frequent",
    "learned": "learned, within a budget",
    "sparse": "sparse shop",
    "dense": "dense shop",
    "null": "offers change nobody",
    "weak": "weak offers",
    "moderate": "moderate offers",
    "hillstrom": "offers as strong as Hillstrom's mail",
}


class ShopChoice(StrEnum):
    SPARSE = "sparse"
    DENSE = "dense"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add `simulate` to the commands of `tessera`."""
    app.command("simulate")(simulate_command)


def simulate_command(
    shop: Annotated[ShopChoice, typer.Option(help="Which shop")] = ShopChoice.BOTH,
    members: Annotated[int, typer.Option(min=1000, max=1_000_000, help="Members of each shop")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same grid")] = 1,
    rounds: Annotated[int, typer.Option(min=0, max=10_000, help="Comparisons of nothing with nothing")] = 200,
    out: Annotated[Path | None, typer.Option(help="Where to write the grid as CSV")] = None,
) -> None:
    """Try every policy in every world and print the whole grid, the truth beside what a holdout would tell.

    The truth is a twin of the same shop in which nothing is sent; policies see purchases and the log of a trial only.
    """
    from scoring.simulator.grid import STRENGTHS, nothing_found, simulate
    from scoring.simulator.policies import POLICIES
    from scoring.simulator.shop import SHOPS

    language = cli_language()
    shops = [one for name, one in SHOPS.items() if shop in {name, ShopChoice.BOTH}]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(gettext(language, "Policies in worlds"), total=len(shops) * len(STRENGTHS) * len(POLICIES))
        cells = list(simulate(shops, members=members, seed=seed, watch=lambda: bar.advance(task)))
    wide = Console(width=_WIDTH)
    for one in shops:
        wide.print(_grid(one, [cell for cell in cells if cell.shop == one.name], language))
    inside = sum(cell.truth_inside for cell in cells)
    text = gettext(
        language, "The interval holds the truth in {inside} of {cells} cells.", inside=inside, cells=len(cells)
    )
    wide.print(text, highlight=False)
    for one in shops if rounds else ():
        covered = f"{nothing_found(one, members=members, seed=seed, rounds=rounds):.1%}"
        name = gettext(language, TITLES[one.name])
        wide.print(gettext(language, COVERED, shop=name, covered=covered, rounds=rounds), highlight=False)
    if out:
        _write(cells, out)


def _grid(shop: "Shop", cells: "list[Cell]", language: str) -> Table:
    table = Table(title=gettext(language, TITLES[shop.name]))
    heads = (
        gettext(language, "world"),
        gettext(language, "policy"),
        gettext(language, "offers a member"),
        gettext(language, "purchases, truth"),
        gettext(language, "purchases, estimate"),
        gettext(language, "silent members, truth"),
        gettext(language, "average check, truth"),
        gettext(language, "margin a member, truth"),
        gettext(language, "margin a member, estimate"),
    )
    for head in heads:
        words = head in heads[:2]
        table.add_column(head, justify="left" if words else "right", no_wrap=not words)
    world = ""
    for cell in cells:
        told, repeat = cell.finding, cell.finding.repeat
        table.add_row(
            gettext(language, TITLES[cell.strength]) if cell.strength != world else "",
            gettext(language, TITLES[cell.policy]),
            f"{told.sends:.2f}",
            _percent(told.true_purchases_change),
            f"{_percent(repeat.relative)} ({_percent(repeat.relative_low)} … {_percent(repeat.relative_high)})",
            _percent(told.true_silent_change),
            _percent(told.true_check_change),
            f"{told.true_margin:+.2f}",
            f"{told.margin_told.absolute:+.2f} ({told.margin_told.low:+.2f} … {told.margin_told.high:+.2f})",
        )
        world = cell.strength
    return table


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:+.1f}%"


def _write(cells: "list[Cell]", path: Path) -> None:
    import polars as pl

    from scoring.uplift.tables import write_table

    rows = [
        {
            "shop": cell.shop,
            "strength": cell.strength.value,
            "policy": cell.policy,
            "offers_per_member": cell.finding.sends,
            "purchases_change_truth": cell.finding.true_purchases_change,
            "purchases_per_member_truth": cell.finding.true_purchases,
            "purchases_per_member_estimate": cell.finding.repeat.absolute,
            "purchases_per_member_low": cell.finding.repeat.low,
            "purchases_per_member_high": cell.finding.repeat.high,
            "silent_change_truth": cell.finding.true_silent_change,
            "check_change_truth": cell.finding.true_check_change,
            "margin_per_member_truth": cell.finding.true_margin,
            "margin_per_member_estimate": cell.finding.margin_told.absolute,
            "margin_per_member_low": cell.finding.margin_told.low,
            "margin_per_member_high": cell.finding.margin_told.high,
        }
        for cell in cells
    ]
    write_table(pl.DataFrame(rows), path)
