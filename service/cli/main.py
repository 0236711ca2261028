"""`tessera`: the commands, loaded when they are asked for."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from service.cli import (
    cards,
    certificates,
    codes,
    doctor,
    exposures,
    imports,
    offers,
    personal,
    programmes,
    reports,
    score,
    simulate,
    verify,
)
from service.cli.language import cli_language
from service.cli.refusals import lines_of
from service.logging import set_up_logging
from service.role import ALL_ROLES, Role
from service.settings import Settings

app = typer.Typer(
    help="Loyalty on Apple and Google Wallet cards and a Telegram bot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(certificates.app, name="certs")
app.add_typer(programmes.app, name="programme")
app.add_typer(imports.app, name="import")
app.add_typer(cards.app, name="cards")
app.add_typer(codes.app, name="codes")
app.add_typer(offers.app, name="offers")
app.add_typer(personal.app, name="personal")
app.add_typer(reports.app, name="report")
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)
app.add_typer(score.app, name="score")
app.add_typer(exposures.app, name="exposures")
simulate.register(app)
console = Console(stderr=True)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where it keeps what was bought")] = Path("var/demo"),
) -> None:
    """Run everything in one process with stand-ins and a sample coffee house. No account anywhere."""
    from service.cli.demo import run_demo

    run_until_signal(run_demo(folder))


@app.command()
def run() -> None:
    """Run everything in one process, for real."""
    _serve(ALL_ROLES)


@app.command()
def web() -> None:
    """Run the web role: till, member pages, Apple's web service, webhooks."""
    _serve(frozenset({Role.WEB}))


@app.command()
def worker() -> None:
    """Run the worker role: react to events, push Apple, patch Google."""
    _serve(frozenset({Role.WORKER}))


@app.command()
def bot() -> None:
    """Run the bot role: one process per bot token."""
    _serve(frozenset({Role.BOT}))


def main() -> None:
    """Run a command; expected refusals end it with clear lines and status 2."""
    try:
        app(prog_name="tessera")
    except Exception as error:
        lines = lines_of(error, cli_language())
        if lines is None:
            raise
        for line in lines:
            console.print("[red]tessera:[/]", escape(line), soft_wrap=True, highlight=False)
        sys.exit(2)


def run_until_signal(work: Coroutine[None, None, None]) -> None:
    """Run until it ends, or until Ctrl-C or SIGTERM asks it to end; either ends cleanly."""
    import uvloop

    async def guarded() -> None:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel if task else loop.stop)
        with contextlib.suppress(asyncio.CancelledError):
            await work

    try:
        uvloop.run(guarded())
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    """Give the failure inside a task group's groups: one role's refusal ends the others."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _serve(roles: frozenset[Role]) -> None:
    from service.house import open_house
    from service.roles import run_roles

    settings = Settings()
    set_up_logging(settings.log_level)

    async def serve() -> None:
        async with open_house(settings) as house:
            await run_roles(house, roles)

    run_until_signal(serve())
