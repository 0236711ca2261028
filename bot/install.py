"""The webhook in an aiohttp application. It only keeps updates, so a web process never loads aiogram."""

import hmac
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from offers.flows.keep_update import KeepUpdate
from offers.model.errors import Unauthorized
from offers.model.ids import ProgrammeId
from web.body import read_body

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
WEBHOOK_PATH = "/telegram/{bot_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTools:
    """`secret` is what setWebhook was told; Telegram sends it back with every update."""

    bot_id: int
    programme_id: ProgrammeId
    keep: KeepUpdate
    secret: str = field(repr=False)


_TOOLS = web.AppKey("telegram_webhook", WebhookTools)


class UpdateBody(BaseModel):
    """Whatever Telegram tells beside the number is kept as it came."""

    model_config = ConfigDict(extra="allow")
    update_id: int = Field(strict=True, ge=0, le=2**53)


def install(app: web.Application, tools: WebhookTools) -> None:
    """Add `POST /telegram/{bot_id}`."""
    app[_TOOLS] = tools
    app.router.add_post(WEBHOOK_PATH, receive_update)


def bot_id_of(token: str) -> int:
    """Give the bot's number, which opens its token. Raises ValueError when this is no token."""
    return int(token.partition(":")[0])


async def receive_update(request: web.Request) -> web.Response:
    """Keep one update, then answer 200: what was answered is never lost. A repeated update is answered the same."""
    tools = request.app[_TOOLS]
    if request.match_info["bot_id"] != str(tools.bot_id):
        raise web.HTTPNotFound
    told = request.headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(told.encode(errors="surrogateescape"), tools.secret.encode()):
        raise Unauthorized
    update = await read_body(request, UpdateBody)
    await tools.keep(tools.programme_id, tools.bot_id, update.model_dump())
    return web.Response()
