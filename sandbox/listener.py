"""One aiohttp application on one port of 127.0.0.1, started and ended by its own handle."""

import socket

from aiohttp import web

HOST = "127.0.0.1"
SHUTDOWN_S = 1.0


class Listener:
    """Port 0 takes a free one; `url` is known once started."""

    def __init__(self, application: web.Application, *, port: int = 0) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
        self._port = port
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        if self._socket is None:
            raise RuntimeError("the stand-in has no address before it is started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    async def start(self) -> None:
        await self._runner.setup()
        listening = socket.create_server((HOST, self._port))
        await web.SockSite(self._runner, listening).start()
        self._socket = listening

    async def stop(self) -> None:
        await self._runner.cleanup()
