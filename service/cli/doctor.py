"""`tessera doctor`: looks at everything Tessera leans on, and names what is wrong with its mend."""

import asyncio
from contextlib import AsyncExitStack

import typer
from aiohttp import ClientSession
from rich.console import Console
from rich.markup import escape

from certs.findings import Level
from locales.catalogue import gettext
from service.cli.language import cli_language
from service.cli.refusals import lines_of
from service.doctor.examine import examine
from service.doctor.observations import Observation, Part, is_healthy, wrong
from service.doctor.surroundings import Surroundings
from service.doctor.texts import TITLES
from service.mongod_errors import DataFolderInUse, MongoUnavailable
from service.now import now
from service.opening import open_store
from service.settings import Settings

console = Console()
COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red"}
MARKS = {Level.OK: "✓", Level.WARNING: "!", Level.ERROR: "✗"}
OFF = "–"
ALL_WELL = "All is well."
NOT_WELL = "Something is wrong: see the lines marked ✗."


def doctor() -> None:
    """Look at the database, the certificates, Apple, Google, Telegram, the public address and the clock.

    One line for each part that is well, one with its mend for each thing that is wrong. Ends with 1 when something is.
    """
    language = cli_language()
    observations = asyncio.run(look(Settings(), language))
    for each in observations:
        console.print(line(each, language), soft_wrap=True, highlight=False)
    healthy = is_healthy(observations)
    console.print(gettext(language, ALL_WELL if healthy else NOT_WELL), style="bold")
    if not healthy:
        raise typer.Exit(1)


async def look(settings: Settings, language: str) -> list[Observation]:
    """Examine everything, beside a running Tessera if there is one; without a database, what does not need it."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        unopened: list[Observation] = []
        store = None
        try:
            store = (await stack.enter_async_context(open_store(settings, beside=True))).store
        except (MongoUnavailable, DataFolderInUse) as refusal:
            words = " ".join(lines_of(refusal, language) or [str(refusal)])
            unopened = [wrong(Part.DATABASE, "mongo_unavailable", words=words)]
        around = Surroundings(settings=settings, session=session, clock=now, store=store)
        return [*unopened, *await examine(around)]


def line(observation: Observation, language: str) -> str:
    """Write one line: its mark, the part it is about, and the words."""
    is_off = observation.code.endswith("_off") and observation.level is Level.OK
    colour, mark = ("dim", OFF) if is_off else (COLOURS[observation.level], MARKS[observation.level])
    title = gettext(language, TITLES[observation.part])
    text = gettext(language, observation.template, **observation.facts)
    return f"[{colour}]{mark}[/] [bold]{escape(title)}[/]: {escape(text)}"
