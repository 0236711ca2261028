"""`tessera score uplift`: whom each arm of a trial changes, from files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from locales.catalogue import gettext
from service.cli.language import cli_language

if TYPE_CHECKING:  # polars and xgboost take a while to load, and other commands do not need them
    from scoring.uplift.run import UpliftRun
    from scoring.uplift.tables import Columns

console = Console(stderr=True)
UNUSABLE = 2
ONE_FOR_ALL = "{arm}: mean effect {effect} ± {error} for everyone; too few outcomes to tell members apart."
NAMES = {"s_learner": "XGBoost", "t_logit": "logit", "blend": "XGBoost + logit"}


def register(app: typer.Typer) -> None:
    """Add `uplift` to the commands of `tessera score`."""
    app.command("uplift")(score_uplift_command)


def score_uplift_command(  # noqa: PLR0917 - options of a command, given by name
    train: Annotated[Path, typer.Option(help="The trial: CSV or Parquet, a row per member", exists=True)],
    test: Annotated[Path, typer.Option(help="The members to score", exists=True)],
    arm: Annotated[str, typer.Option(help="The column of the arm each member was drawn for")],
    control: Annotated[str, typer.Option(help="Its value for members who got nothing")],
    outcome: Annotated[str, typer.Option(help="The column of what came of it: yes or no, or an amount")],
    out: Annotated[Path, typer.Option(help="Where to write the scores: .csv or .parquet")],
    ignore: Annotated[list[str] | None, typer.Option(help="A column to learn nothing from, repeatable")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bits")] = 0,
) -> None:
    """Score whom a treatment changes: member_id and one uplift_ARM column for each arm but the control.

    The arms of the trial must have been drawn at random. Traits are the columns both files have; what can only have
    been known afterwards is left out, and named. Without a member_id, rows are numbered from 0.
    """
    from scoring.errors import ScoringError
    from scoring.uplift.errors import TEXTS
    from scoring.uplift.tables import Columns, write_table

    language = cli_language()
    columns = Columns(arm=arm, control=control, outcome=outcome, ignored=frozenset(ignore or ()))
    try:
        run = _score(train, test, columns, seed, language)
    except ScoringError as refusal:
        text = gettext(language, TEXTS[refusal.code], **refusal.facts())
        console.print(text, style="red", soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(UNUSABLE) from refusal
    write_table(run.scores, out)
    for line in report(run, language):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _score(train: Path, test: Path, columns: "Columns", seed: int, language: str) -> "UpliftRun":
    from scoring.uplift.run import score_uplift
    from scoring.uplift.tables import read_table

    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console)
    with bar:
        task = bar.add_task(gettext(language, "Learning from the trial"), total=None)

        def watch(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return score_uplift(read_table(train), read_table(test), columns, seed=seed, watch=watch)


def report(run: "UpliftRun", language: str) -> list[str]:
    """Say what was learned from, which learner was kept, and how well each arm's members can be told apart."""
    table, model = run.learned_from, run.model
    lines = [
        gettext(
            language,
            "Learned from {members} members and {columns} columns; kept: {learner}.",
            members=table.trial.arms.size,
            columns=len(table.traits),
            learner=NAMES[model.learner],
        )
    ]
    if table.left_out:
        named = ", ".join(table.left_out)
        lines.append(
            gettext(language, "Left out, for they can only have been known afterwards: {columns}.", columns=named)
        )
    if dropped := table.rows_dropped:
        lines.append(
            gettext(language, "Dropped, for they have no arm or a member met before: {rows} rows.", rows=dropped)
        )
    return [*lines, *(_arm_line(run, place, name, language) for place, name in enumerate(table.arm_names[1:]))]


def _arm_line(run: "UpliftRun", place: int, name: str, language: str) -> str:
    fit = run.model.calibrations[place]
    facts = {"arm": name, "effect": f"{fit.effect:.4f}", "error": f"{1.96 * fit.effect_error:.4f}"}
    if not fit.slope:
        return gettext(language, ONE_FOR_ALL, **facts)
    areas = ", ".join(f"{NAMES[key]} {areas[place] * 1000:.2f}" for key, areas in run.model.qini.items())
    return gettext(
        language, "{arm}: mean effect {effect} ± {error}; Qini × 1000 on members unseen: {qini}.", **facts, qini=areas
    )
