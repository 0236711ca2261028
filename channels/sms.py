"""The way out by text message: a gateway that takes one JSON document per message over HTTP."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from locales.catalogue import gettext
from offers.engine.sealing import unseal
from offers.model.clock import Clock
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome, RetryLater

TEXTS = {
    "phone_code": "{secret} is your code for the card “{programme}”. Do not tell it to anyone.",
    "card_link": "Your card “{programme}”: {secret}",
}
TIMEOUT_S = 10
MESSAGES_AT_ONCE = 8
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MAX_NOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGateway:
    """`POST url` with `{"id", "to", "text", "from"?}`; `id` is the message's own, so that a gateway may drop doubles.

    `token` goes along as `Authorization: Bearer`. Any 2xx has taken the message; 408, 425, 429 and 5xx are tried
    again, after `Retry-After` when it is a number of seconds; every other answer is final.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """Sends what the lane holds, some at once. What is too old by now is dropped: a late code helps nobody."""

    session: ClientSession
    gateway: SmsGateway
    key: bytes = field(repr=False)
    clock: Clock
    lane: Lane = Lane.SMS
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MESSAGES_AT_ONCE))

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        async with asyncio.TaskGroup() as tasks:
            sending = [tasks.create_task(self._deliver(item)) for item in items]
        return [each.result() for each in sending]

    async def _deliver(self, item: OutboxItem) -> Outcome:
        if item.kind not in TEXTS:
            return Dropped(reason=f"there are no words for {item.kind}")
        if _instant(item.payload["expires_at"]) <= self.clock():
            return Dropped(reason="it came too late to be of use")
        try:
            secret = unseal(item.payload["sealed"], self.key, bound_to=item.key)
        except ValueError:
            return Dropped(reason="sealed under another secret: TESSERA_SECRET was changed meanwhile")
        text = gettext(item.payload["language"], TEXTS[item.kind], secret=secret, programme=item.payload["programme"])
        async with self._places:
            return await self._send(item, text)

    async def _send(self, item: OutboxItem, text: str) -> Outcome:
        body = {"id": item.key, "to": item.payload["phone"], "text": text}
        if self.gateway.sender:
            body["from"] = self.gateway.sender
        headers = {"Authorization": f"Bearer {self.gateway.token}"} if self.gateway.token else {}
        timeout = ClientTimeout(total=TIMEOUT_S)
        try:
            async with self.session.post(
                self.gateway.url, json=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return await _outcome(answer)
        except (ClientError, TimeoutError) as error:
            return RetryLater(reason=f"the gateway did not answer: {type(error).__name__}")


async def _outcome(answer: ClientResponse) -> Outcome:
    said = (await answer.content.read(_MAX_NOTE)).decode("utf-8", "replace").strip()
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered(note=said)
    if answer.status in _LATER or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = answer.headers.get("Retry-After", "")
        after_s = float(wait) if wait.isascii() and wait.isdigit() else None
        is_asked_of_all = answer.status == HTTPStatus.TOO_MANY_REQUESTS
        return RetryLater(reason=f"{answer.status} {said}", after_s=after_s, whole_lane=is_asked_of_all)
    return Dropped(reason=f"{answer.status} {said}")


def _instant(written: datetime | str) -> datetime:
    return written if isinstance(written, datetime) else datetime.fromisoformat(written)
