"""The HTTP face of the Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`, with faults on demand."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.faults import Fault, Faults
from sandbox.telegram import messages, self_description
from sandbox.telegram.bots import BotAccount
from sandbox.telegram.errors import TelegramError, too_many_requests
from sandbox.telegram.parameters import Call, read_call

METHODS: Final = messages.METHODS | self_description.METHODS
TOKEN: Final = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
BODY_LIMIT_BYTES: Final = 64 * 1024 * 1024
CALLS_KEPT: Final = 10_000
WORDS_OF_STATUS: Final = {
    400: "Bad Request: a fault on demand",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCall:
    """One call as it arrived, and the status it got; uploads are left out."""

    token: str
    method: str
    fields: Mapping[str, Any]
    status: int
    at: datetime


class BotApi:
    """All bots of the stand-in behind one address."""

    def __init__(self, bots: Mapping[str, BotAccount]) -> None:
        self.faults = Faults()
        self.calls: deque[BotCall] = deque(maxlen=CALLS_KEPT)
        self._bots = bots

    def application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT_BYTES)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        call = Call(method=method)
        try:
            bot = self._bot(token)
            call = await read_call(request, method)
            await self._trip(request, bot, call)
            response = web.json_response({"ok": True, "result": await self._run(bot, call)})
        except TelegramError as error:
            response = error.response()
        if bot_of := self._bots.get(token):
            note = BotCall(token=token, method=method, fields=call.fields, status=response.status, at=bot_of.clock())
            self.calls.append(note)
        return response

    async def _run(self, bot: BotAccount, call: Call) -> Any:
        name = call.method.lower()
        if name == "getupdates":
            return await _get_updates(bot, call)
        if name not in METHODS:
            raise TelegramError(HTTPStatus.NOT_FOUND, "Not Found: method not found")
        return METHODS[name](bot, call)

    async def _trip(self, request: web.Request, bot: BotAccount, call: Call) -> None:
        """Let a waiting fault or a flood spoil this call. A flood stops everything written to any chat."""
        left_s = bot.flooded_until_s - asyncio.get_running_loop().time()
        if left_s > 0 and "chat_id" in call.fields:
            raise too_many_requests(math.ceil(left_s))
        facts = {"method": call.method, "chat_id": call.text("chat_id"), "token": bot.token}
        if fault := await self.faults.strike(facts):
            raise _spoiled(request, fault)

    async def _download(self, request: web.Request) -> web.Response:
        try:
            bot = self._bot(request.match_info["token"])
        except TelegramError as error:
            return error.response()
        kept = bot.files.at(request.match_info["path"])
        if kept is None:
            return TelegramError(HTTPStatus.NOT_FOUND, "Not Found").response()
        return web.Response(body=kept.content, content_type="application/octet-stream")

    def _bot(self, token: str) -> BotAccount:
        if not TOKEN.fullmatch(token):
            raise TelegramError(HTTPStatus.NOT_FOUND, "Not Found")
        if token not in self._bots:
            raise TelegramError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        return self._bots[token]


async def _get_updates(bot: BotAccount, call: Call) -> Any:
    if bot.webhook.url:
        words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        raise TelegramError(HTTPStatus.CONFLICT, f"Conflict: {words}")
    bot.updates.allow(call.structure("allowed_updates"))
    return await bot.updates.poll(
        offset=call.integer("offset", 0), limit=call.integer("limit", 100), timeout_s=call.integer("timeout", 0)
    )


def _spoiled(request: web.Request, fault: Fault) -> TelegramError:
    if fault.cut and request.transport is not None:
        request.transport.abort()
    status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests(1 if fault.retry_after_s is None else fault.retry_after_s)
    return TelegramError(status, fault.reason or WORDS_OF_STATUS.get(status, "a fault on demand"))
