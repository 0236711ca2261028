"""Updates carried to a bot's webhook: in order, with the secret header, again and again until a 2xx."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.telegram.errors import bad_request
from sandbox.telegram.updates import Update, Updates

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
DELIVERY_TIMEOUT_S: Final = 20.0
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where one bot wants its updates. `attempts` counts deliveries, so that tests see the retries."""

    clock: Callable[[], datetime]
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: datetime | None = None
    attempts: int = 0

    def set(self, url: str, *, secret: str, max_connections: int) -> None:
        """Point to a new address. Only loopback can be reached: a stand-in must not knock on the world."""
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if url and urlsplit(url).hostname not in LOOPBACK:
            raise bad_request("bad webhook: this stand-in delivers to 127.0.0.1 alone")
        if secret and not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.last_error, self.last_error_at = "", None

    def to_api(self, updates: Updates) -> dict[str, Any]:
        body: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates),
            "max_connections": self.max_connections,
        }
        if updates.allowed:
            body["allowed_updates"] = updates.allowed
        if self.last_error_at is not None:
            body |= {"last_error_date": int(self.last_error_at.timestamp()), "last_error_message": self.last_error}
        return body


async def deliver_for_ever(webhook: Webhook, updates: Updates, session: ClientSession) -> None:
    """Carry updates while there is a webhook; ends only when cancelled."""
    pause_s = FIRST_PAUSE_S
    while True:
        update = updates.first()
        if update is None or not webhook.url:
            await updates.news()
            continue
        if await _deliver(webhook, update, session):
            updates.confirm(update["update_id"])
            pause_s = FIRST_PAUSE_S
        else:
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


async def _deliver(webhook: Webhook, update: Update, session: ClientSession) -> bool:
    webhook.attempts += 1
    headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
    timeout = ClientTimeout(total=DELIVERY_TIMEOUT_S)
    try:
        async with session.post(webhook.url, json=update, headers=headers, timeout=timeout) as response:
            if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                return True
            error = f"Wrong response from the webhook: {response.status} {response.reason}"
    except (ClientError, TimeoutError) as failure:
        error = f"Connection failed: {type(failure).__name__}"
    webhook.last_error, webhook.last_error_at = error, webhook.clock()
    return False
