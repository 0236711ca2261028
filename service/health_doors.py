"""Installing the API of health: the doctor, asked by a page."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

from merchant.auth import Doorkeeper
from merchant.health.install import install
from merchant.health.tools import HEALTH, HealthTools
from offers.flows.know_key import KnowKey
from offers.model.clock import Clock
from offers.store.store import Store
from service.doctor.page import HealthPage
from service.doctor.surroundings import Surroundings
from service.settings import Settings


def install_health(app: web.Application, store: Store, *, settings: Settings, clock: Clock) -> None:
    install(app)

    async def open_page(app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as session:
            around = Surroundings(settings=settings, session=session, clock=clock, store=store)
            app[HEALTH] = HealthTools(doorkeeper=Doorkeeper(know_key=KnowKey(store)), findings=HealthPage(around))
            yield

    app.cleanup_ctx.append(open_page)
