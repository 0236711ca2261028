"""The roles of a process: web, worker, bot; one alone or all in one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module

import structlog
from aiohttp import web

from offers.flows.react_to_event import ReactToEvent
from offers.flows.turn_layers import TurnLayers
from offers.model.errors import UnknownProgramme
from offers.model.message import Channel
from offers.model.programme import Programme
from service.doors import build_application
from service.house import House
from service.layer_turner import LayerTurner
from service.now import now
from service.role import Role
from service.sweeper import Sweeper
from service.worker import EventLane, Worker

SHUTDOWN_S = 5.0
BACKLOG = 512
_log = structlog.get_logger()


async def run_roles(house: House, roles: frozenset[Role], *, ready: Callable[[], None] = lambda: None) -> None:
    """Run the roles until cancelled, or until one of them fails; `ready` is called when all have started.

    Raises UnknownProgramme when the bot is to speak for a programme that was never opened.
    """
    speaks_for = await bot_programme(house)
    async with asyncio.TaskGroup() as tasks, _serving(house, speaks_for, is_on=Role.WEB in roles):
        if house.mongo:
            tasks.create_task(house.mongo.tend())
        if Role.WORKER in roles:
            channels: list[Channel] = [wallet.channel for wallet in (house.apple, house.google) if wallet]
            channels += [house.sms] if house.sms else []
            lanes = [EventLane(ReactToEvent(house.store, now, house.settings.updates.terms)), *channels]
            tasks.create_task(Worker(house.store, lanes, now).run())
            tasks.create_task(Sweeper(house.store, now, stale=house.settings.updates.stale_terms).run())
            tasks.create_task(LayerTurner(TurnLayers(house.store, now), now).run())
        if Role.BOT in roles and speaks_for:
            tasks.create_task(_run_bot(house, speaks_for))
        ready()
        await asyncio.get_running_loop().create_future()


async def bot_programme(house: House) -> Programme | None:
    """Give the programme the configured bot speaks for; None without a bot. Raises UnknownProgramme."""
    telegram = house.settings.telegram
    if telegram.token is None:
        return None
    programme = await house.store.reading.programmes.by_slug(telegram.programme)
    if programme is None:
        raise UnknownProgramme(slug=telegram.programme)
    return programme


@asynccontextmanager
async def _serving(house: House, speaks_for: Programme | None, *, is_on: bool) -> AsyncIterator[None]:
    if not is_on:
        yield
        return
    settings = house.settings
    bots = {}
    if speaks_for and settings.telegram.username:
        bots[speaks_for.slug] = f"{settings.telegram.link_url.rstrip('/')}/{settings.telegram.username}"
    app = build_application(house, bots=bots, bot_programme=speaks_for.id if speaks_for else None)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.web.host, settings.web.port, backlog=BACKLOG).start()
        _log.info("listening", host=settings.web.host, port=settings.web.port)
        yield
    finally:
        await runner.cleanup()


async def _run_bot(house: House, speaks_for: Programme) -> None:
    """Run the bot; aiogram takes seconds to import, so it is loaded beside the running service.

    A process that is told to end meanwhile waits for the import: a thread that is let go in the middle of one may bring
    the interpreter down with it.
    """
    role = await asyncio.to_thread(import_module, "service.bot")
    await role.run_bot(house, speaks_for)
