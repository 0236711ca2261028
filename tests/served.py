"""Applications served to tests as `tessera run` serves them."""

from typing import Any

from aiohttp.test_utils import TestServer
from aiohttp.web_runner import BaseRunner

SHUTDOWN_S = 5.0


class Served(TestServer):
    """Whoever hangs up cancels nothing: a test server's own way would leave files open that were about to be sent."""

    async def _make_runner(self, **kwargs: Any) -> BaseRunner:
        return await super()._make_runner(**kwargs | {"handler_cancellation": False, "shutdown_timeout": SHUTDOWN_S})
