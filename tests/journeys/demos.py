"""A running `tessera demo`, read as a person reads it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from tests.commands import Process, started

TITLES = {
    "en_GB": ("Phone with a card", "Till", "Till key", "A card code to type", "Join the programme"),
    "ru_RU": ("Телефон с картой", "Касса", "Ключ кассы", "Код карты для ввода", "Вступить в программу"),
}
LAST_LINE = {"en_GB": "Ctrl-C stops everything.", "ru_RU": "Ctrl-C останавливает всё."}
PRICE_MINOR = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that said it is ready, and what it named."""

    command: Process
    session: ClientSession
    ready_s: float
    phone: str
    till: str
    key: str
    code: str
    join: str

    async def resolve(self) -> dict[str, Any]:
        return await self._ask(f"/v1/cards/{self.code}/resolve", None, status=200)

    async def sell(self) -> int:
        """Settle one sale and give the balance after it."""
        line = {"sku": "flat-white", "category": "coffee", "quantity": "1", "unit_price_minor": PRICE_MINOR}
        body = {"card": self.code, "order_ref": "1", "lines": [line], "currency": "RUB", "points_to_redeem": 0}
        return int((await self._ask("/v1/checkouts", body, status=201))["points"]["balance"])

    async def offers_explained(self) -> set[str]:
        """Quote a coffee, and give the titles of the offers that the till explains."""
        line = {"sku": "flat-white", "category": "coffee", "quantity": "1", "unit_price_minor": PRICE_MINOR}
        body = {"card": self.code, "lines": [line], "currency": "RUB"}
        quote = await self._ask("/v1/quotes", body, status=201)
        return {told["title_en"] for told in quote["explain"] if "title_en" in told}

    async def _ask(self, path: str, body: object, *, status: int) -> dict[str, Any]:
        url, headers = self.till.removesuffix("/till") + path, {"Authorization": f"Bearer {self.key}"}
        async with self.session.post(url, json=body, headers=headers) as answer:
            assert answer.status == status, await answer.text()
            answered: dict[str, Any] = await answer.json()
            return answered


@asynccontextmanager
async def demo(folder: Path, *options: str, language: str = "en_GB") -> AsyncIterator[Demo]:
    async with (
        started("demo", *options, folder=folder, language=language) as command,
        ClientSession(timeout=ClientTimeout(total=30)) as session,
    ):
        ready_s = await command.until(lambda output: LAST_LINE[language] in output)
        found = [re.search(rf"^{title} +(\S+)$", command.output, re.MULTILINE) for title in TITLES[language]]
        phone, till, key, code, join = (each[1] if each else "" for each in found)
        assert all((phone, till, key, code, join)), command.output
        yield Demo(
            command=command, session=session, ready_s=ready_s, phone=phone, till=till, key=key, code=code, join=join
        )
