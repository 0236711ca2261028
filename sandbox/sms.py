"""A gateway for text messages that sends nothing: what came is kept for whoever looks, the oldest forgotten first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.changes import Changes
from sandbox.faults import Fault, Faults
from sandbox.listener import Listener

PATH: Final = "/messages"
KEPT: Final = 100
MAX_TEXT: Final = 1_000
_BODY_BYTES: Final = 16 * 1024


class _Message(BaseModel):
    """What a gateway takes; more than that would be somebody else's gateway."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    to: str = Field(pattern=r"^\+[0-9]{7,15}$")
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    sender: str | None = Field(default=None, alias="from", max_length=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    number: int
    id: str
    to: str
    text: str
    at: datetime


class SmsStandIn:
    """`async with SmsStandIn() as sms:` and post to `sms.url`. A message sent again under its id arrives once."""

    def __init__(self, *, token: str | None = None, port: int = 0) -> None:
        self._token = token
        self._messages: deque[TextMessage] = deque(maxlen=KEPT)
        self._known: deque[str] = deque(maxlen=KEPT)
        self._changes: Changes[TextMessage] = Changes()
        self.faults = Faults()
        application = web.Application(client_max_size=_BODY_BYTES)
        application.router.add_post(PATH, self._take)
        self._listener = Listener(application, port=port)

    async def __aenter__(self) -> Self:
        await self._listener.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._changes.close()
        await self._listener.stop()

    @property
    def url(self) -> str:
        return self._listener.url + PATH

    @property
    def messages(self) -> tuple[TextMessage, ...]:
        """Every message kept, oldest first."""
        return tuple(self._messages)

    def fail(self, *, times: int | None = 1, status: int | None = None, **more: float | bool) -> None:
        """Let the next requests fail: see `Fault`."""
        self.faults.add(Fault(status=status, **more), times=times)  # type: ignore[arg-type]  # names fields of Fault

    def watching(self) -> AbstractContextManager[AsyncIterator[TextMessage]]:
        return self._changes.watching()

    async def next_to(self, phone: str, *, after: int = 0, patience_s: float = 15.0) -> TextMessage:
        """Wait for a message to a phone whose number is above `after`. Raises TimeoutError."""
        async with asyncio.timeout(patience_s):
            with self.watching() as coming:
                for message in self._messages:
                    if message.to == phone and message.number > after:
                        return message
                async for message in coming:
                    if message.to == phone:
                        return message
        raise TimeoutError

    async def _take(self, request: web.Request) -> web.Response:
        fault = await self.faults.strike({})
        if fault is not None:
            return self._spoil(request, fault)
        if self._token and request.headers.get("Authorization") != f"Bearer {self._token}":
            return web.json_response({"error": "no such key"}, status=401)
        try:
            message = _Message.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"error": error.errors(include_url=False)[0]["msg"]}, status=400)
        if message.id not in self._known:
            self._keep(message)
        return web.json_response({"id": message.id})

    def _keep(self, message: _Message) -> None:
        self._known.append(message.id)
        number = self._messages[-1].number + 1 if self._messages else 1
        kept = TextMessage(number=number, id=message.id, to=message.to, text=message.text, at=datetime.now(UTC))
        self._messages.append(kept)
        self._changes.tell(kept)

    def _spoil(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.cut and request.transport is not None:
            request.transport.abort()
        headers = {"Retry-After": str(fault.retry_after_s)} if fault.retry_after_s is not None else {}
        return web.json_response({"error": fault.reason}, status=fault.status or 500, headers=headers)
