"""A `tessera run` that is killed now and then, tills that do not give up, and phones that follow their pushes."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession

from offers.flows.enrol_member import Enrolment
from sandbox.apns import ApnsStandIn
from sandbox.phone.device import AppleDevice
from tests.faults.lives import Life, Nursery

ASK_AGAIN_S = 0.1
TRY_AGAIN = frozenset({HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR})


@dataclass(slots=True, kw_only=True)
class MortalService:
    """Runs `tessera run` in the folder, again whenever it was killed. Nothing outlives its `async with`."""

    folder: Path
    settings: dict[str, str]
    deaths: int = 0
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _nursery: Nursery | None = None
    _session: ClientSession | None = None
    _life: Life | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._session = await stack.enter_async_context(ClientSession())
            self._nursery = await stack.enter_async_context(Nursery(folder=self.folder, settings=self.settings))
            await self.start()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def start(self) -> None:
        assert self._nursery is not None
        assert self._session is not None
        self._life = await self._nursery.begin("run", self.settings["TESSERA_WEB__PUBLIC_URL"])
        await self._life.until_ready(self._session)

    async def die(self) -> None:
        """Kill it without a word of warning."""
        assert self._life is not None
        await self._life.die()
        self.deaths += 1

    async def end(self) -> int:
        """End it as an operator does, and give its exit code."""
        assert self._life is not None
        return await self._life.end()


@dataclass(slots=True, kw_only=True)
class Tills:
    """Several tills at once. Each order is asked until it is answered; `receipts` and `refused` are by order number."""

    url: str
    key: str
    codes: list[str]
    session: ClientSession
    dice: random.Random
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    asked_again: int = 0

    async def work(self, till: int) -> None:
        number = 0
        while not self.closed.is_set():
            number += 1
            await self._sell(f"{till}-{number}")

    async def _sell(self, order: str) -> None:
        body = {
            "card": self.dice.choice(self.codes),
            "order_ref": order,
            "lines": [{"sku": "tea", "category": "tea", "quantity": "1", "unit_price_minor": self._price()}],
            "currency": "RUB",
            "points_to_redeem": self.dice.choice((0, 0, 5)),
            "at": datetime.now(UTC).isoformat(),
        }
        status, answer = await self._until_answered(body)
        if status == HTTPStatus.CREATED:
            self.receipts[order] = answer
            if self.dice.random() < 0.1:
                assert await self._until_answered(body) == (status, answer)
        else:
            assert answer["code"] == "not_enough_points", answer
            self.refused.add(order)

    async def _until_answered(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"key-{body['order_ref']}"}
        while True:
            try:
                async with self.session.post(f"{self.url}/v1/checkouts", json=body, headers=headers) as response:
                    answer: dict[str, Any] = await response.json()
                    if response.status not in TRY_AGAIN or answer["code"] == "not_enough_points":
                        return response.status, answer
            except (ClientError, TimeoutError):
                self.asked_again += 1
            await asyncio.sleep(ASK_AGAIN_S)

    def _price(self) -> int:
        return self.dice.randrange(10_000, 60_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """One phone for each card. They do only what a push tells them to."""

    service: MortalService
    apns: ApnsStandIn
    by_token: dict[str, AppleDevice]
    pushed: dict[str, asyncio.Event]

    def balance(self, enrolment: Enrolment) -> object:
        """Give the points that stand on the card in its phone."""
        opened = next(
            device.passes[enrolment.card.serial].opened
            for device in self.by_token.values()
            if enrolment.card.serial in device.passes
        )
        return next(field["value"] for _, field in opened.fields() if field["key"] == "balance")

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        with self.apns.watching() as pushes:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._fetch(token)) for token in self.by_token]

                async def listen() -> None:
                    async for push in pushes:
                        self.pushed[push.token].set()

                running.append(tasks.create_task(listen()))
                yield
                for task in running:
                    task.cancel()

    async def _fetch(self, token: str) -> None:
        """Fetch for every push; when the service died under the phone, ask again as a phone would later."""
        device = self.by_token[token]
        while True:
            await self.pushed[token].wait()
            self.pushed[token].clear()
            deaths = self.service.deaths
            await device.on_push(next(iter(device.passes.values())).opened.pass_type)
            if deaths != self.service.deaths:
                self.pushed[token].set()
