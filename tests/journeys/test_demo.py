"""`tessera demo` as a stranger runs it: an empty folder, one command, Ctrl-C, and the same again."""

import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from tests.commands import Process, processes_on, said_by, started

pytestmark = pytest.mark.timeout(300)
TITLES = {
    "en_GB": ("Phone with a card", "Till", "Till key", "A card code to type", "Join the programme"),
    "ru_RU": ("Телефон с картой", "Касса", "Ключ кассы", "Код карты для ввода", "Вступить в программу"),
}
LAST_LINE = {"en_GB": "Ctrl-C stops everything.", "ru_RU": "Ctrl-C останавливает всё."}
GOODBYE = {"en_GB": "Stopped. Everything you did is kept", "ru_RU": "Остановлено. Всё сделанное сохранено"}
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


async def test_the_demo_answers_ends_on_ctrl_c_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with demo(tmp_path) as first:
        for address in (first.phone, first.till, first.join):
            async with first.session.get(address) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html"), address
        card = await first.resolve()
        balance = await first.sell()
        assert balance > card["balance"]

        assert await first.command.end(signal.SIGINT) == 0

    expect_clean_end(first, tmp_path, "en_GB")
    async with demo(tmp_path, "--folder", "var/demo", language="ru_RU") as second:
        again = await second.resolve()
        assert (second.code, again["balance"], again["greeting"]) == (first.code, balance, card["greeting"])
        assert "данные-пример" in second.command.output

        assert await second.command.end(signal.SIGTERM) == 0

    expect_clean_end(second, tmp_path, "ru_RU")
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    with capsys.disabled():
        print(f" [ready in {first.ready_s:.1f} s, the second time in {second.ready_s:.1f} s] ", end="")  # noqa: T201


async def test_the_demo_can_be_stopped_before_it_is_ready(tmp_path: Path) -> None:
    async with started("demo", folder=tmp_path) as command:
        await command.until(lambda _: any((tmp_path / "var/demo").glob("mongo/db/mongod.lock")))

        code = await command.end(signal.SIGINT)

    assert (code, processes_on(tmp_path)) == (0, [])
    assert "Traceback" not in command.output


async def test_one_folder_has_one_tessera(tmp_path: Path) -> None:
    settings = {"TESSERA_WEB__PORT": "0", "TESSERA_LOG_LEVEL": "INFO"}
    async with started("run", folder=tmp_path, settings=settings) as first:
        await first.until(lambda output: "listening" in output)

        code, said = await said_by("run", folder=tmp_path, settings=settings)
        in_russian = await said_by("run", folder=tmp_path, settings=settings, language="ru_RU")

        folder = tmp_path / "var/tessera/mongo"
        assert code == 2
        assert said == (
            f"tessera: {folder} is in use by process {first.process.pid}: one Tessera per data folder. "
            "Stop it, or give this one a folder of its own (TESSERA_DATA_FOLDER).\n"
        )
        assert (in_russian[0], in_russian[1].count("\n")) == (2, 1)
        assert f"её держит процесс {first.process.pid}" in in_russian[1]
        assert await first.end(signal.SIGTERM) == 0
    assert processes_on(tmp_path) == []


def expect_clean_end(ended: Demo, folder: Path, language: str) -> None:
    assert GOODBYE[language] in ended.command.output
    assert "Traceback" not in ended.command.output
    assert "Warning" not in ended.command.output
    assert processes_on(folder) == []
