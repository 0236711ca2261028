"""Tells a class's callback address of saves and deletions as Google does: signed, as Googlebot, again if need be."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.changes import Changes
from sandbox.google.rules import KINDS
from sandbox.google.shelf import Change, Shelf
from sandbox.google.signer import CallbackSigner, milliseconds

GOOGLEBOT: Final = "Googlebot"
MESSAGE_LIFE: Final = timedelta(hours=1)
TRIES: Final = 3
PAUSE_S: Final = 0.2
TIMEOUT: Final = ClientTimeout(total=5)
ROBOTS_LIMIT_BYTES: Final = 500 * 1024
TOLD_KEPT: Final = 1_000
EVENTS: Final = {"saved": "save", "removed": "del"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One callback and how it ended: an HTTP status, or why it was never sent."""

    event_type: str
    object_id: str
    status: int | None
    problem: str = ""


class Callbacks:
    """`run` follows the shelf until cancelled; `told` keeps the last 1,000 callbacks."""

    def __init__(self, shelf: Shelf, signer: CallbackSigner, *, clock: Callable[[], datetime]) -> None:
        self.told: deque[Told] = deque(maxlen=TOLD_KEPT)
        self.news: Changes[Told] = Changes()
        self._shelf = shelf
        self._signer = signer
        self._clock = clock

    async def run(self, ready: asyncio.Event) -> None:
        with self._shelf.changes.watching() as changes:
            ready.set()
            async with ClientSession(timeout=TIMEOUT, headers={"User-Agent": GOOGLEBOT}) as session:
                async for change in changes:
                    if change.verb in EVENTS:
                        await self._tell(session, change)

    async def _tell(self, session: ClientSession, change: Change) -> None:
        parent = KINDS[change.kind].class_path
        class_id = str(change.body["classId"])
        url = self._shelf.read(parent, class_id).get("callbackOptions", {}).get("url") if parent else None
        if url:
            told = await self._call(session, url, change, class_id)
            self.told.append(told)
            self.news.tell(told)

    async def _call(self, session: ClientSession, url: str, change: Change, class_id: str) -> Told:
        event_type = EVENTS[change.verb]
        message = {
            "classId": class_id,
            "objectId": change.resource_id,
            "eventType": event_type,
            "expTimeMillis": milliseconds(self._clock() + MESSAGE_LIFE),
            "count": 1,
            "nonce": secrets.token_urlsafe(16),
        }
        envelope = self._signer.sign(message, issuer_id=class_id.partition(".")[0])
        status, problem = None, ""
        for attempt in range(TRIES):
            try:
                if not await _lets_googlebot_in(session, url):
                    problem = "robots.txt"
                    break
                async with session.post(url, json=envelope) as answer:
                    status = answer.status
                if status < HTTPStatus.MULTIPLE_CHOICES:
                    break
            except (ClientError, TimeoutError) as error:
                problem = type(error).__name__
            await asyncio.sleep(PAUSE_S * 2**attempt)
        return Told(event_type=event_type, object_id=change.resource_id, status=status, problem=problem)


async def _lets_googlebot_in(session: ClientSession, url: str) -> bool:
    """Ask the host's robots.txt; where there is none, everything is allowed."""
    parts = urlsplit(url)
    async with session.get(urljoin(f"{parts.scheme}://{parts.netloc}", "/robots.txt")) as answer:
        if answer.status >= HTTPStatus.BAD_REQUEST:
            return answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        text = (await answer.content.read(ROBOTS_LIMIT_BYTES)).decode(errors="replace")
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules.can_fetch(GOOGLEBOT, url)
