"""Telegram: the bot's token, its name, and the way its updates come."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientTimeout

from bot.install import WEBHOOK_PATH, bot_id_of
from service.doctor.observations import Observation, Part, well, wrong
from service.doctor.surroundings import PATIENCE_S, Surroundings

_UNAUTHORISED = frozenset({401, 404})
"""Telegram answers 401 to a revoked token, 404 to one that is none."""


class _Unwell(Exception):
    """Telegram said, or did not say, something; `observation` tells what."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(observation.code)
        self.observation = observation


async def examine_telegram(around: Surroundings) -> list[Observation]:
    """Ask who the bot is, and where its updates go."""
    telegram = around.settings.telegram
    if telegram.token is None:
        return [well(Part.TELEGRAM, "telegram_off")]
    try:
        username = str((await _ask(around, "getMe")).get("username", ""))
        webhook = await _ask(around, "getWebhookInfo")
    except _Unwell as unwell:
        return [unwell.observation]
    found = [
        *_name(username, telegram.username),
        *_webhook(around, webhook),
        *await _programme(around),
    ]
    if found:
        return found
    if telegram.webhook_secret is None:
        return [well(Part.TELEGRAM, "telegram_polling_well", username=username)]
    return [well(Part.TELEGRAM, "telegram_webhook_well", username=username, url=webhook.get("url", ""))]


def _name(found: str, wanted: str) -> list[Observation]:
    if not wanted or found.lower() == wanted.lower():
        return []
    return [wrong(Part.TELEGRAM, "telegram_other_name", found=found, wanted=wanted)]


def _webhook(around: Surroundings, info: dict[str, Any]) -> list[Observation]:
    telegram, url = around.settings.telegram, str(info.get("url", ""))
    if telegram.webhook_secret is None or telegram.token is None:
        return [wrong(Part.TELEGRAM, "telegram_webhook_in_the_way", url=url)] if url else []
    path = WEBHOOK_PATH.format(bot_id=bot_id_of(telegram.token.get_secret_value()))
    wanted = f"{around.settings.web.public_url.rstrip('/')}{path}"
    if not url:
        return [wrong(Part.TELEGRAM, "telegram_webhook_not_set")]
    if url != wanted:
        return [wrong(Part.TELEGRAM, "telegram_webhook_elsewhere", found=url, wanted=wanted)]
    if reason := info.get("last_error_message"):
        pending = info.get("pending_update_count", 0)
        return [wrong(Part.TELEGRAM, "telegram_webhook_failing", url=url, reason=reason, pending=pending)]
    return []


async def _programme(around: Surroundings) -> list[Observation]:
    slug = around.settings.telegram.programme
    if around.store is None or not slug or await around.store.reading.programmes.by_slug(slug):
        return []
    return [wrong(Part.TELEGRAM, "telegram_programme_missing", slug=slug)]


async def _ask(around: Surroundings, method: str) -> dict[str, Any]:
    """Ask one question of the Bot API. The token stands in the address, so no error of the client is told whole."""
    telegram = around.settings.telegram
    assert telegram.token is not None  # noqa: S101 - the caller looked
    url = f"{telegram.api_url.rstrip('/')}/bot{telegram.token.get_secret_value()}/{method}"
    try:
        async with around.session.get(url, timeout=ClientTimeout(total=PATIENCE_S)) as response:
            if response.status in _UNAUTHORISED:
                raise _Unwell(wrong(Part.TELEGRAM, "telegram_token_refused"))
            body = await response.json(content_type=None)
    except (ClientError, TimeoutError) as error:
        host = urlsplit(telegram.api_url).hostname or telegram.api_url
        unreachable = wrong(Part.TELEGRAM, "telegram_unreachable", reason=type(error).__name__, host=host)
        raise _Unwell(unreachable) from None
    except ValueError as error:
        raise _Unwell(wrong(Part.TELEGRAM, "telegram_odd_answer", reason=f"HTTP {response.status}")) from error
    if not isinstance(body, dict) or not isinstance(body.get("result"), dict):
        reason = body.get("description") if isinstance(body, dict) else None
        raise _Unwell(wrong(Part.TELEGRAM, "telegram_odd_answer", reason=reason or f"HTTP {response.status}"))
    result: dict[str, Any] = body["result"]
    return result
