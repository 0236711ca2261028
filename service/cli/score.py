"""`tessera score`: from the database; `score history|taste|propensity|uplift`: from a marketer's own files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from locales.catalogue import gettext, ngettext
from service.cli import score_night, score_uplift
from service.cli.language import cli_language

if TYPE_CHECKING:  # polars and xgboost take a while to load, and other commands do not need them
    from scoring.files import ScoredHistory
    from scoring.history.columns import Notes
    from scoring.propensity import ScoredPropensity

app = typer.Typer(
    help="Score every member of a programme, or of a file: who will buy, what they like, whom to offer what.",
    invoke_without_command=True,
)
app.callback()(score_night.score)
score_uplift.register(app)
console = Console(stderr=True)
UNUSABLE = 2
Result = TypeVar("Result")
COUNTED = {
    "later": ("{n} row after the day was not used", "{n} rows after the day were not used"),
    "without_member": ("{n} row without a member was left out", "{n} rows without a member were left out"),
    "without_time": ("{n} row without a time was left out", "{n} rows without a time were left out"),
    "without_amount": ("{n} purchase is of unknown money", "{n} purchases are of unknown money"),
    "returns": ("{n} row is a return and no purchase", "{n} rows are returns and no purchases"),
    "copies": ("{n} row is a copy of an order and was left out", "{n} rows are copies of orders and were left out"),
}

History = Annotated[Path, typer.Option(help="CSV or Parquet: member_id, at, amount…", exists=True, dir_okay=False)]
AsOf = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day that counts")]
Out = Annotated[Path, typer.Option(help="Where to write the scores: .csv or .parquet")]
Zone = Annotated[str, typer.Option(help="Zone whose calendar days are counted")]
Seed = Annotated[int, typer.Option(help="The same seed and threads give the same bits")]
Threads = Annotated[int, typer.Option(min=1, help="Threads that learn")]


@app.command("history")
def score_history_command(  # noqa: PLR0917 - options of a command, given by name
    history: History,
    as_of: AsOf,
    horizon: Annotated[int, typer.Option(help="Days after that day to look ahead")],
    out: Out,
    zone: Zone = "UTC",
    seed: Seed = 0,
    threads: Threads = 2,
    dask: score_night.Dask = "",
) -> None:
    """Score who buys again: member_id, p_active, expected_purchases and expected_spend of the days ahead.

    A purchase is a day with at least one line that is no return. Rows after the day are never used, even when present.
    """

    def work(watch: Callable[[int, int], None]) -> "ScoredHistory":
        from scoring.files import score_history, write_scores
        from scoring.partitions.dask_machines import machines_at

        with machines_at(dask, threads=threads) as machines:
            found = score_history(
                history,
                as_of=as_of.date(),
                horizon_days=horizon,
                zone=zone,
                seed=seed,
                threads=threads,
                watch=watch,
                machines=machines,
            )
        write_scores(found.scores, out)
        return found

    language = cli_language()
    scored = _watched(work, language)
    _say(_notes(scored.notes, language))
    champion = gettext(language, "Model: {champion}.", champion=scored.learned.champion)
    told = ngettext(language, "{n} member scored: {path}", "{n} members scored: {path}", scored.scores.height, path=out)
    _say([champion, told])


@app.command("taste")
def score_taste_command(
    history: History,
    as_of: AsOf,
    out: Out,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="Categories for each member")] = 300,
    zone: Zone = "UTC",
) -> None:
    """Score what each member likes: member_id, category, score, the best first; a third is kept for discoveries."""

    def work(watch: Callable[[int, int], None]) -> "tuple[int, Notes]":
        from scoring.files import score_taste, write_scores

        found, notes = score_taste(history, as_of=as_of.date(), zone=zone, top=top, watch=watch)
        write_scores(found, out)
        return found["member_id"].n_unique(), notes

    language = cli_language()
    members, notes = _watched(work, language)
    _say(_notes(notes, language))
    _say([ngettext(language, "{n} member scored: {path}", "{n} members scored: {path}", members, path=out)])


@app.command("propensity")
def score_propensity_command(  # noqa: PLR0917 - options of a command, given by name
    train: Annotated[Path, typer.Option(help="A row per member, with the target", exists=True, dir_okay=False)],
    test: Annotated[Path, typer.Option(help="The members to score", exists=True, dir_okay=False)],
    target: Annotated[str, typer.Option(help="The column to learn: 1 or 0")],
    out: Out,
    seed: Seed = 0,
    threads: Threads = 2,
) -> None:
    """Score how likely each member is to do what the target says: member_id and p."""

    def work(watch: Callable[[int, int], None]) -> "ScoredPropensity":
        from scoring.files import write_scores
        from scoring.propensity import score_propensity

        found = score_propensity(train, test, target=target, seed=seed, threads=threads, watch=watch)
        write_scores(found.scores, out)
        return found

    language = cli_language()
    found = _watched(work, language)
    if late := ", ".join(found.left_out):
        _say([gettext(language, "Left out, for they can only have been known afterwards: {columns}.", columns=late)])
    members = found.scores.height
    _say([ngettext(language, "{n} member scored: {path}", "{n} members scored: {path}", members, path=out)])


def _watched(work: Callable[[Callable[[int, int], None]], Result], language: str) -> Result:
    """Do the work under a progress bar; a file that cannot be scored ends with 2 and its remedy."""
    from scoring.history.errors import CannotScore

    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    try:
        with bars:
            task = bars.add_task(gettext(language, "Scoring"), total=None)
            return work(lambda done, total: bars.update(task, completed=done, total=total))
    except CannotScore as refusal:
        console.print(refusal.text(language), style="red", soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(UNUSABLE) from refusal


def _notes(notes: "Notes", language: str) -> list[str]:
    counts = {name: getattr(notes, name) for name in COUNTED}
    return [ngettext(language, *COUNTED[name], count) for name, count in counts.items() if count]


def _say(lines: list[str]) -> None:
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)
