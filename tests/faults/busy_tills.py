"""Tills that sell by quotes and without, hold, return and void, and ask everything until it is answered."""

import asyncio
import random
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession

from tests.faults.mortal_web import MortalWeb

ASK_AGAIN_S = 0.03
UNANSWERED = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR})
WAIT = frozenset({"busy", "too_many_requests"})
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class BusyTills:
    """`receipts`, `returns` and `voided` are what was answered; `refused` are orders that were never settled."""

    web: MortalWeb
    key: str
    codes: list[str]
    session: ClientSession
    dice: random.Random
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    returns: list[dict[str, Any]] = field(default_factory=list)
    voided: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    answered: int = 0
    asked_again: int = 0
    fresh_prices: int = 0

    async def work(self, till: int) -> None:
        number = 0
        while not self.closed.is_set():
            number += 1
            order = f"{till}-{number}"
            receipt = await (self._sell(order) if self.dice.random() < 0.3 else self._sell_by_quote(order))
            if receipt is None:
                self.refused.add(order)
                continue
            self.receipts[order] = receipt
            await self._regret(receipt)

    async def _sell(self, order: str) -> dict[str, Any] | None:
        return self._settled(await self.ask("POST", "/v1/checkouts", {**self._basket(), "order_ref": order}))

    async def _sell_by_quote(self, order: str) -> dict[str, Any] | None:
        """Settle what was quoted, or the fresh quote that comes instead; most are held, some holds are given up."""
        status, quote = await self.ask("POST", "/v1/quotes", self._basket())
        if status != HTTPStatus.CREATED:
            return self._settled((status, quote))
        while True:
            path = f"/v1/quotes/{quote['quote_id']}/hold"
            if self.dice.random() < 0.7:
                await self.ask("POST", path)
            if self.dice.random() < 0.1:
                await self.ask("DELETE", path)
            body = {"quote_id": quote["quote_id"], "order_ref": order}
            status, answer = await self.ask("POST", "/v1/checkouts", body)
            if answer.get("code") != "price_changed":
                return self._settled((status, answer))
            self.fresh_prices += 1
            quote = answer["quote"]

    async def _regret(self, receipt: dict[str, Any]) -> None:
        """Bring some of it back, in parts, or void it."""
        path = f"/v1/checkouts/{receipt['checkout_id']}"
        for part in range(self.dice.choice((0, 0, 1, 1, 2))):
            lines = [{"line": index, "amount_minor": self.dice.randrange(1, 9_000)} for index in range(2)]
            body = {"return_ref": f"R-{part}", "lines": lines}
            status, made = await self.ask("POST", f"{path}/returns", body)
            assert status == HTTPStatus.CREATED, made
            self.returns.append(made)
            if self.dice.random() < 0.2:
                assert await self.ask("POST", f"{path}/returns", body) == (status, made)
        if self.dice.random() < 0.15:
            status, _ = await self.ask("POST", f"{path}/void")
            assert status == HTTPStatus.OK
            self.voided.add(receipt["checkout_id"])

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Ask until there is an answer, whoever has to die for it."""
        headers = {"Authorization": f"Bearer {self.key}"}
        while True:
            try:
                async with self.session.request(method, self.web.url + path, json=body, headers=headers) as response:
                    answer: dict[str, Any] = await response.json(content_type=None)
            except (ClientError, TimeoutError, ValueError):
                self.asked_again += 1
            else:
                if response.status not in UNANSWERED and answer.get("code") not in WAIT:
                    self.answered += 1
                    return response.status, answer
            await asyncio.sleep(ASK_AGAIN_S)

    def _settled(self, outcome: Answer) -> dict[str, Any] | None:
        status, answer = outcome
        if status == HTTPStatus.CREATED:
            return answer
        assert answer["code"] in {"not_enough_points", "redemption_limit", "late_redemption"}, answer
        return None

    def _basket(self) -> dict[str, Any]:
        lines = [
            {"sku": sku, "category": sku, "quantity": "1", "unit_price_minor": self.dice.randrange(20_000, 60_000)}
            for sku in ("tea", "bun")
        ]
        points = self.dice.choice((0, 0, 5, 20, 60))
        return {"card": self.dice.choice(self.codes), "lines": lines, "currency": "RUB", "points_to_redeem": points}
