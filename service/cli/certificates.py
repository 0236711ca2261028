"""`tessera certs dev|check`: throw-away identities, and one line for each thing that is wrong with real ones."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from certs.check import check_google_file, check_pass_files
from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentitiesExist, make_dev_identities
from certs.files import PassFiles
from certs.findings import Finding, Level
from locales.catalogue import gettext
from service.cli.language import cli_language
from service.now import now
from service.settings import Settings

app = typer.Typer(help="Signing identities of Apple and Google.", no_args_is_help=True)
console = Console()
COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red"}
THERE = "{folder} already holds {files}. To replace them: --force"
WRITTEN = "Written to {folder}. Real phones refuse what these sign. To use them:"
NOTHING = "Neither TESSERA_APPLE__CERTIFICATE nor TESSERA_GOOGLE__SERVICE_ACCOUNT is set: nothing to check."
TEXTS = {Level.OK: "ok", Level.WARNING: "warning", Level.ERROR: "error"}


@app.command()
def dev(
    folder: Annotated[Path, typer.Argument(help="Where to write them")] = Path("var/certs"),
    pass_type: Annotated[str, typer.Option(help="Pass Type ID")] = DEV_PASS_TYPE,
    team: Annotated[str, typer.Option(help="Team ID")] = DEV_TEAM,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there")] = False,
) -> None:
    """Make a throw-away chain shaped like Apple's and a service account shaped like Google's."""
    language = cli_language()
    try:
        made = make_dev_identities(folder, at=now(), pass_type_identifier=pass_type, team_identifier=team, force=force)
    except DevIdentitiesExist as error:
        _print(gettext(language, THERE, folder=error.folder, files=", ".join(error.names)))
        raise typer.Exit(1) from error
    _print(gettext(language, WRITTEN, folder=made.folder))
    for name, value in {
        "TESSERA_APPLE__CERTIFICATE": made.pass_files.certificate_path,
        "TESSERA_APPLE__KEY": made.pass_files.key_path,
        "TESSERA_APPLE__INTERMEDIATE": made.pass_files.wwdr_path,
        "TESSERA_APPLE__PASS_TYPE": pass_type,
        "TESSERA_APPLE__TEAM": team,
        "TESSERA_GOOGLE__SERVICE_ACCOUNT": made.google_path,
    }.items():
        _print(f"  {name}={value}")


@app.command()
def check() -> None:
    """Check the configured identities: one line for each finding, with its remedy. Fails when one is an error."""
    settings = Settings()
    findings = [*_apple_findings(settings), *_google_findings(settings)]
    if not findings:
        _print(gettext(cli_language(), NOTHING))
        raise typer.Exit(1)
    for finding in findings:
        _print_finding(finding, cli_language())
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


def _print_finding(finding: Finding, language: str) -> None:
    words = {level: gettext(language, text) for level, text in TEXTS.items()}
    mark = words[finding.level].ljust(max(map(len, words.values())))
    text = gettext(language, finding.template, **finding.facts)
    console.print(f"[{COLOURS[finding.level]}]{mark}[/]", escape(text), soft_wrap=True, highlight=False)


def _print(line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _apple_findings(settings: Settings) -> tuple[Finding, ...]:
    apple = settings.apple
    if apple.certificate is None:
        return ()
    files = PassFiles(
        certificate_path=apple.certificate,
        key_path=apple.key,
        wwdr_path=apple.intermediate,
        passphrase=apple.key_password.get_secret_value() if apple.key_password else None,
    )
    return check_pass_files(
        files, pass_type_identifier=apple.pass_type or None, team_identifier=apple.team or None, at=now()
    )


def _google_findings(settings: Settings) -> tuple[Finding, ...]:
    path = settings.google.service_account
    return check_google_file(path) if path else ()
