"""`tessera offers check|load|show|test`: offers as a file that people review, and cases that prove what it does."""

import getpass
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from locales.catalogue import gettext, ngettext
from merchant.offers.files import (
    RulesText,
    body_from_json,
    body_from_yaml,
    rules_from_json,
    rules_from_yaml,
    rules_to_json,
    rules_to_yaml,
)
from offers.engine.rule_changes import RulesChange
from offers.flows.change_offers import ChangeOffers
from offers.flows.find_programme import FindProgramme
from offers.flows.look_at_offers import LookAtOffers
from offers.model.ids import ProgrammeId
from offers.model.programme import Language
from offers.model.rules import Rules
from offers.store.store import Store
from service.cli.language import cli_language
from service.cli.offer_files import FAULTY, console, faults_shown, read_file, say, show_change
from service.cli.programmes import run_on_store
from service.now import now

if TYPE_CHECKING:
    from merchant.offers.cases import Judged

app = typer.Typer(help="Offers as a file: check, load, show, test.", no_args_is_help=True)
File = Annotated[
    Path, typer.Argument(help="Offers in YAML, or in JSON when it ends in .json", exists=True, dir_okay=False)
]
_NO_PROGRAMME = ProgrammeId("")
Slug = Annotated[str, typer.Argument(help="The programme's slug")]


@app.command("check")
def check(
    file: File,
    programme: Annotated[
        str | None, typer.Option(help="A programme's slug: whether it has the outlets and levels is checked too")
    ] = None,
) -> None:
    """Check a file. Every fault is told with its line; ends with 1 when there is one. Nothing is kept."""
    with faults_shown(file):
        if programme:
            rules = run_on_store(partial(_load, slug=programme, file=file, dry_run=True)).after
        else:
            rules = _read(file, _NO_PROGRAMME).rules
    say(ngettext(cli_language(), "{n} offer, no fault", "{n} offers, no fault", len(rules.offers)))


@app.command("load")
def load(
    programme: Slug,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and keep nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Archive what the file leaves out without asking")] = False,
) -> None:
    """Make the programme's offers what the file says. What changes is shown first; what is left out is archived."""
    language = cli_language()
    with faults_shown(file):
        change = run_on_store(partial(_load, slug=programme, file=file, dry_run=True))
        show_change(change)
        if dry_run or change.is_empty:
            return
        if change.archived and not yes:
            question = ngettext(language, "Archive {n} offer?", "Archive {n} offers?", len(change.archived))
            typer.confirm(question, abort=True)
        kept = run_on_store(
            partial(_load, slug=programme, file=file, dry_run=False, instead_of_edition=change.before.edition)
        )
    say(gettext(language, "Loaded: edition {edition}.", edition=kept.after.edition))


@app.command("show")
def show(
    programme: Slug,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="As a file in YAML")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As a file in JSON")] = False,
) -> None:
    """Show the offers of a programme: as a table, or as the file that loads them again."""

    async def look(store: Store) -> Rules:
        return await LookAtOffers(store).rules((await FindProgramme(store)(programme)).id)

    rules = run_on_store(look)
    if as_yaml or as_json:
        sys.stdout.write(rules_to_yaml(rules) if as_yaml else rules_to_json(rules))
        return
    language = cli_language()
    table = Table(
        gettext(language, "Code"),
        gettext(language, "Title"),
        gettext(language, "Lane"),
        gettext(language, "State"),
        gettext(language, "Version"),
    )
    for offer in rules.offers:
        title = escape(offer.title(Language(language)))
        table.add_row(offer.code, title, offer.lane.value, offer.state.value, str(offer.version))
    console.print(table)


@app.command("test")
def test(
    file: File,
    cases: Annotated[Path, typer.Argument(help="Cases in YAML or JSON", exists=True, dir_okay=False)],
) -> None:
    """Decide every case by the offers of the file and compare; ends with 1 when one comes out otherwise."""
    from merchant.offers.cases import CasesBody, judge

    language = cli_language()
    with faults_shown(file):
        rules = _read(file, _NO_PROGRAMME).rules
    with faults_shown(cases):
        body, _ = read_file(cases, partial(body_from_json, CasesBody), partial(body_from_yaml, CasesBody))
    judged = list(judge(body, rules))
    for each in judged:
        _show_case(each, body.currency, language)
    failed = sum(1 for each in judged if each.misses)
    passed = ngettext(language, "{n} case holds", "{n} cases hold", len(judged) - failed)
    say(passed + (", " + ngettext(language, "{n} does not", "{n} do not", failed) if failed else ""))
    if failed:
        raise typer.Exit(FAULTY)


def _show_case(judged: "Judged", currency: str, language: str) -> None:
    from web.explain import explain

    say(f"{'✗' if judged.misses else '✓'} {judged.name}")
    for miss in judged.misses:
        told = gettext(
            language, "{field}: {expected} expected, {found} found",
            field=miss.field, expected=miss.expected, found=miss.found,
        )  # fmt: skip
        say(f"    {told}")
    if judged.misses and judged.decision:
        for line in judged.decision.explain:
            say(f"      {explain(language, line, currency)}")


async def _load(
    store: Store, *, slug: str, file: Path, dry_run: bool, instead_of_edition: int | None = None
) -> RulesChange:
    programme = await FindProgramme(store)(slug)
    read = _read(file, programme.id)
    with read.placing():
        return await ChangeOffers(store, now).load(
            programme, read.rules, staff_id=_person(), dry_run=dry_run, instead_of_edition=instead_of_edition
        )


def _read(file: Path, programme_id: ProgrammeId) -> RulesText:
    return read_file(
        file,
        lambda text: rules_from_json(text, programme_id),
        lambda text: rules_from_yaml(text, programme_id),
    )


def _person() -> str:
    """Name who loads: whoever is signed in at this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"
