"""`tessera score`: the night shift of one programme, or of all of them."""

import asyncio
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from locales.catalogue import gettext, ngettext
from locales.numbers import percent
from offers.model.errors import UnknownProgramme
from offers.model.programme import Language, Programme
from offers.store.store import Store
from service.cli.coupon_words import coupon_line
from service.cli.language import cli_language
from service.cli.model_words import TEXTS as MODEL_TEXTS
from service.cli.personal_activity import follow_after_scores
from service.cli.personal_night import issue_after_scores
from service.now import now
from service.opening import open_store
from service.settings import Settings

if TYPE_CHECKING:  # polars and xgboost take a while to load, and other commands do not need them
    from service.night.shift import NightReport

HORIZON_DAYS = 30
FAILED = 1
STEPS = {"read": "Reading purchases", "score": "Scoring", "publish": "Publishing"}
RETRAIN = {
    "no": "Nothing speaks against the model.",
    "aged": "The model has not been checked for more than five weeks.",
    "members_changed": "Members look different than when the model was trained: check what changed.",
    "chances_off": "The chances of an earlier night did not come true: do not lean on them until they do again.",
}
Dask = Annotated[str, typer.Option(help="Work on the Dask cluster whose scheduler is at this address")]
console = Console(stderr=True)


def score(  # noqa: PLR0917 - options of a command, given by name
    context: typer.Context,
    programme: Annotated[str, typer.Option(help="The programme's slug; every programme without it")] = "",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last local day that counts; yesterday by default")
    ] = None,
    horizon: Annotated[int, typer.Option(min=1, max=3_653, help="Days to look ahead")] = HORIZON_DAYS,
    seed: Annotated[int, typer.Option(help="The same seed and threads give the same bits")] = 0,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads that learn")] = 2,
    retrain: Annotated[bool, typer.Option("--retrain", help="Learn a new model, whatever is kept")] = False,
    dask: Dask = "",
) -> None:
    """Score every member from the purchases kept here, and publish all scores at once; yesterday's stay until then."""
    if context.invoked_subcommand is not None:
        return
    settings = Settings()
    asked = as_of.date() if as_of else None

    async def run() -> int:
        async with open_store(settings, beside=True) as opened:
            failed = 0
            for each in await _programmes(opened.store, programme):
                failed += not await _one(opened.store, settings, each, asked, horizon, seed, threads, retrain, dask)
            return failed

    if asyncio.run(run()):
        raise typer.Exit(FAILED)


async def _programmes(store: Store, slug: str) -> list[Programme]:
    if not slug:
        return await store.reading.programmes.all()
    found = await store.reading.programmes.by_slug(slug)
    if found is None:
        raise UnknownProgramme(slug=slug)
    return [found]


async def _one(  # noqa: PLR0917 - the options of the command, once more
    store: Store,
    settings: Settings,
    programme: Programme,
    as_of: date | None,
    horizon: int,
    seed: int,
    threads: int,
    retrain: bool,
    dask: str,
) -> bool:
    """Score one programme under a bar for each step; False when there was nothing to score."""
    from scoring.history.errors import CannotScore
    from scoring.nightly.shift import NightWishes
    from service.night.shift import NightShift, Step

    language = cli_language()
    day = as_of or now().astimezone(ZoneInfo(programme.zone)).date() - timedelta(days=1)
    wishes = NightWishes(as_of=day, horizon_days=horizon, zone=programme.zone, seed=seed, threads=threads)
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    try:
        with bars:
            tasks = {step: bars.add_task(gettext(language, STEPS[step.value]), total=None) for step in Step}
            shift = NightShift(store, now, settings.data_folder / "scores", settings.scoring.model_days, dask)
            report = await shift(
                programme,
                wishes,
                watch=lambda step, done, of: bars.update(tasks[step], completed=done, total=of),
                retrain=retrain,
            )
    except CannotScore as refusal:
        _say(f"{programme.name(Language(language))}: {refusal.text(language)}")
        return False
    _tell(report, programme, language)
    if report.published:
        await follow_after_scores(store, programme, language, _say)
        await issue_after_scores(store, programme, language, _say)
    return True


def _tell(report: "NightReport", programme: Programme, language: str) -> None:
    run, name = report.run, programme.name(Language(language))
    told = ngettext(language, "{name}: {n} member scored as of {day}.", "{name}: {n} members scored as of {day}.",
                    run.members, name=name, day=run.as_of.isoformat())  # fmt: skip
    _say(told)
    _say(gettext(language, "Model: {champion}.", champion=run.model))
    if run.training:
        _say(gettext(language, MODEL_TEXTS[run.training], version=run.version))
    if "auc" in run.quality:
        ranked, off = f"{run.quality['auc']:.3f}", percent(language, round(run.quality["ece"] * 10_000))
        _say(
            gettext(
                language, "On the last window: ranking {ranked} of 1, chances off by {off}.", ranked=ranked, off=off
            )
        )
    if report.drift is not None:
        _say(gettext(language, RETRAIN[report.drift.verdict.value]))
    if run.coupons is not None:
        _say(coupon_line(run.coupons, language))
    if not report.published:
        _say(gettext(language, "Scores of a later day are published already; these are kept beside them."))


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)
