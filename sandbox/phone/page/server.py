"""The phone on a port of its own: `async with PhonePage(around) as page:` and open `page.url`."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler

from sandbox.listener import Listener
from sandbox.phone.page.install import TEMPLATES, install
from sandbox.phone.phone import Phone
from sandbox.phone.surroundings import Owner, Surroundings
from web.layout import PAGES, STATIC_FOLDER, make_pages


class PhonePage:
    """One phone for whoever opens the page. Nothing outlives it."""

    def __init__(
        self,
        around: Surroundings,
        *,
        owner: Owner | None = None,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._around = around
        self._owner = owner or Owner()
        self._clock = clock
        self._app = web.Application(middlewares=[_own_pages_only])
        self._listener = Listener(self._app, port=port)
        self._session: ClientSession | None = None
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession()
        phone = Phone(self._around, self._session, owner=self._owner, clock=self._clock)
        self._app[PAGES] = make_pages([TEMPLATES])
        install(self._app, phone)
        self._app.router.add_static("/static", STATIC_FOLDER)
        self.phone = phone
        # Owned here and ended in __aexit__, as the other stand-ins do.
        self._following = asyncio.create_task(phone.run(), name="phone")
        await self._listener.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.phone.bell.fall_silent()
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._listener.stop()
        if self._session is not None:
            await self._session.close()

    @property
    def url(self) -> str:
        return self._listener.url

    @property
    def chat_url(self) -> str:
        """What stands for `https://t.me` in links to the bot: `<chat_url>/<bot>?start=…` opens the chat here."""
        return f"{self.url}/t"


@web.middleware
async def _own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No other site may play with the phone: a write from a foreign page is refused."""
    origin = request.headers.get("Origin")
    if request.method not in {"GET", "HEAD"} and origin not in {None, str(request.url.origin())}:
        raise web.HTTPForbidden
    return await handler(request)
