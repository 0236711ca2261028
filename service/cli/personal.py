"""`tessera personal templates|dry-run|issue|undo|runs|activity`: a member's own offers, rehearsed before given."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console

from locales.catalogue import gettext, ngettext
from locales.numbers import money
from offers.flows.issue_personal import IssuePersonal
from offers.flows.look_at_offers import LookAtOffers
from offers.flows.look_at_personal import LookAtPersonal
from offers.flows.rule_kinds import TEMPLATE
from offers.flows.undo_personal import UndoPersonal
from offers.model.personal import Template
from offers.model.personal_run import PersonalRun, PersonalRunId
from offers.model.programme import Language, Programme
from offers.store.store import Store
from service.cli.choosing import chosen_programme
from service.cli.code_files import CodeBar
from service.cli.language import cli_language
from service.cli.personal_activity import activity
from service.cli.personal_words import progress_lines, rehearsal_lines, run_line
from service.cli.programmes import run_on_store
from service.now import chance, now

app = typer.Typer(help="Personal offers: rehearse, issue, take back.", no_args_is_help=True)
app.command("activity")(activity)
console = Console()
INTERRUPTED = 130

Slug = Annotated[str | None, typer.Option("--programme", help="The programme's slug; the only one by default")]
Run = Annotated[str, typer.Argument(help="The id of a dry run")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")]


@app.command("templates")
def templates(programme: Slug = None) -> None:
    """List the templates. Written and changed they are in the offers file, under `personal_offers`."""

    async def look(store: Store) -> tuple[Programme, tuple[Template, ...]]:
        chosen = await chosen_programme(store, programme)
        return chosen, (await LookAtOffers(store).rules(chosen.id)).templates

    language = cli_language()
    chosen, found = run_on_store(look)
    if not found:
        _say(gettext(language, "There is no template yet: write one into the offers file, under personal_offers."))
    for each in found:
        budget = money(language, each.budget_minor, chosen.currency)
        _say(f"{each.code}  v{each.version}  {each.state.value}  {budget}  “{each.title(Language(language))}”")


@app.command("dry-run")
def dry_run(template: Annotated[str, typer.Argument(help="The template's code")], programme: Slug = None) -> None:
    """Decide for every member and tell what would come of it: nothing is given to anybody."""
    from service.personal.rehearse import RehearsePersonal

    async def rehearse(store: Store) -> tuple[Programme, Template, PersonalRun]:
        chosen = await chosen_programme(store, programme)
        run = await RehearsePersonal(store, now, chance)(chosen, template, staff_id=_staff())
        return chosen, await LookAtOffers(store).rule(chosen.id, TEMPLATE, template), run

    language = cli_language()
    with console.status(gettext(language, "Deciding for every member")):
        chosen, kept, run = run_on_store(rehearse)
    for line in rehearsal_lines(run, kept.levels, chosen, language):
        _say(line)
    _say(gettext(language, "Issue it within a day: tessera personal issue {run}", run=run.id))


@app.command("issue")
def issue(run_id: Run, programme: Slug = None, *, yes: Yes = False) -> None:
    """Issue a dry run as it was rehearsed. Interrupted or run again, it goes on and gives nobody two."""

    async def look(store: Store) -> tuple[Programme, PersonalRun]:
        chosen = await chosen_programme(store, programme)
        return chosen, await LookAtPersonal(store).run(chosen.id, PersonalRunId(run_id))

    language = cli_language()
    chosen, run = run_on_store(look)
    if not yes:
        _say(run_line(run, chosen, language))
        members = sum(level.members for level in run.rehearsal.reach if level.size)
        question = ngettext(language, "Give {n} member a coupon?", "Give {n} members a coupon?", members)
        typer.confirm(question, abort=True)

    async def give(store: Store) -> PersonalRun:
        flow = IssuePersonal(store, now, chance)
        begun = await flow.begin(chosen, run.id, staff_id=_staff())
        return await _walk(flow.walk(chosen, begun), begun, gettext(language, "Issuing coupons"))

    _report(give, chosen)


@app.command("undo")
def undo(run_id: Run, programme: Slug = None, *, yes: Yes = False) -> None:
    """Revoke what is unused of a run. What was used stays used."""
    language = cli_language()
    if not yes:
        typer.confirm(gettext(language, "Take back every coupon of {run} that is unused?", run=run_id), abort=True)

    async def choose(store: Store) -> Programme:
        return await chosen_programme(store, programme)

    chosen = run_on_store(choose)

    async def take_back(store: Store) -> PersonalRun:
        flow = UndoPersonal(store, now)
        begun = await flow.begin(chosen, PersonalRunId(run_id), staff_id=_staff())
        return await _walk(flow.walk(chosen, begun), begun, gettext(language, "Taking coupons back"))

    _report(take_back, chosen)


@app.command("runs")
def runs(
    template: Annotated[str | None, typer.Option(help="Only runs of this template")] = None, programme: Slug = None
) -> None:
    """List the latest runs, newest first, with where each stands."""

    async def look(store: Store) -> tuple[Programme, list[PersonalRun]]:
        chosen = await chosen_programme(store, programme)
        return chosen, await LookAtPersonal(store).runs(chosen.id, template=template)

    language = cli_language()
    chosen, found = run_on_store(look)
    if not found:
        _say(gettext(language, "Nothing was rehearsed yet."))
    for run in found:
        _say(run_line(run, chosen, language))


async def _walk(pages: AsyncIterator[PersonalRun], run: PersonalRun, words: str) -> PersonalRun:
    with CodeBar(console, words, total=run.rehearsal.decided) as bar:
        bar.advance(run.looked_at)
        async for after in pages:
            bar.advance(after.looked_at - run.looked_at)
            run = after
    return run


def _report(work: Callable[[Store], Awaitable[PersonalRun]], programme: Programme) -> None:
    language = cli_language()
    try:
        run = run_on_store(work)
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        _say(gettext(language, "Interrupted. Run the same command again: it goes on where it stopped."))
        raise typer.Exit(INTERRUPTED) from stop
    for line in progress_lines(run, programme, language):
        _say(line)


def _staff() -> str:
    return f"cli:{getpass.getuser()}"


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)
