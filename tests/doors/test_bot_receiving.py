"""Receiving updates: by webhook and by polling, each kept once before it is acknowledged."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from bot.install import SECRET_HEADER, WebhookTools, install
from bot.running import run_polling, set_webhook
from offers.store.store import Store
from sandbox.telegram.server import TelegramStandIn
from service.web import make_application
from tests.coffee_house import PROGRAMME
from tests.conftest import PROJECT
from tests.doors.bot_house import POLL_S, BotHouse, open_bot_house, told
from tests.served import Served

SECRET = "a-secret-of-the-webhook"


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, telegram: TelegramStandIn) -> AsyncIterator[BotHouse]:
    async with open_bot_house(store, telegram) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def webhook(house: BotHouse) -> AsyncIterator[TestClient[Any, Any]]:
    app = make_application(house.store, [])
    tools = WebhookTools(bot_id=house.bot.id, programme_id=PROGRAMME.id, keep=house.tools.keep, secret=SECRET)
    install(app, tools)
    async with TestClient(Served(app, host="127.0.0.1")) as client:
        yield client


async def post(webhook: TestClient[Any, Any], update: object, *, secret: str | None = SECRET, bot: int = 42) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with webhook.post(f"/telegram/{bot}", json=update, headers=headers) as answer:
        return answer.status


async def test_the_webhook_keeps_the_whole_update_before_it_answers(
    house: BotHouse, webhook: TestClient[Any, Any]
) -> None:
    assert await post(webhook, told()) == 200

    kept = await house.store.database["updates"].find_one({"_id": "42:7"})
    assert kept is not None
    assert kept["raw"] == told()
    (item,) = await house.claimed()
    assert item.key == "telegram:42:7"
    assert item.payload["raw"] == told()


async def test_the_same_update_is_one_update_by_webhook_and_by_polling(
    house: BotHouse, webhook: TestClient[Any, Any]
) -> None:
    answers = await asyncio.gather(*(post(webhook, told()) for _ in range(5)))

    assert answers == [200] * 5
    assert not await house.tools.keep(PROGRAMME.id, 42, told())
    assert await house.waiting() == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "é"])
async def test_a_wrong_secret_keeps_nothing(house: BotHouse, webhook: TestClient[Any, Any], secret: str | None) -> None:
    assert await post(webhook, told(), secret=secret) == 401

    assert await house.waiting() == 0


async def test_another_bots_address_is_not_found(house: BotHouse, webhook: TestClient[Any, Any]) -> None:
    assert await post(webhook, told(), bot=43) == 404
    assert await house.waiting() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b'"text"', 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"update_id": "7"}', 422),
        (b'{"update_id": -1}', 422),
        (b'{"update_id": 7, "text": "\\ud800"}', 400),
        (b'{"update_id": 7, "text": "' + b"x" * 300_000 + b'"}', 413),
    ],
)
async def test_a_malformed_update_is_refused(
    house: BotHouse, webhook: TestClient[Any, Any], body: bytes, status: int
) -> None:
    async with webhook.post("/telegram/42", data=body, headers={SECRET_HEADER: SECRET}) as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"

    assert await house.waiting() == 0


async def test_telegram_itself_delivers_to_the_webhook(house: BotHouse, webhook: TestClient[Any, Any]) -> None:
    anna = house.person()
    address = str(webhook.make_url("")).rstrip("/")
    object.__setattr__(house.tools, "public_url", address)
    await set_webhook(house.bot, house.tools, secret=SECRET)

    async with house.working(polls=False):
        await anna.send("/start")

        assert "Добро пожаловать" in (await anna.next_message()).text


async def test_polling_confirms_what_it_has_kept(house: BotHouse) -> None:
    anna = house.person()
    await anna.send("/start")
    polling = house.polling()

    assert await polling.step() == 1

    assert await house.waiting() == 1
    assert len(house.telegram.bot().updates) == 1
    await asyncio.wait_for(polling.step(), POLL_S + 2)
    assert len(house.telegram.bot().updates) == 0


async def test_polling_begins_with_who_the_bot_is_and_takes_the_webhook_away(house: BotHouse) -> None:
    await house.bot.set_webhook("http://127.0.0.1:9/telegram/42", secret_token=SECRET)
    anna = house.person()
    polling = asyncio.create_task(run_polling(house.bot, house.tools, poll_s=POLL_S))
    await anna.send("/start")

    async with asyncio.timeout(40):
        while not await house.waiting():
            await asyncio.sleep(0.02)

    polling.cancel()
    english = await house.bot.get_my_commands()
    russian = await house.bot.get_my_commands(language_code="kk")
    assert [command.command for command in english] == ["card", "balance", "coupons", "purchases", "language", "help"]
    assert (english[0].description, russian[0].description) == ("Your card with its code", "Ваша карта с кодом")
    assert "«Кофейня»" in (await house.bot.get_my_description(language_code="ru")).description
    assert "my_chat_member" in house.telegram.bot().updates.allowed


async def test_a_second_poller_is_explained_and_polling_goes_on(
    house: BotHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = house.person()
    house.telegram.fail(method="getUpdates", status=409, reason="Conflict: terminated by other getUpdates request")
    async with house.working():
        await anna.send("/start")
        await anna.next_message(timeout_s=40)

    assert "run one bot per token" in capsys.readouterr().out


async def test_polling_outlives_a_telegram_that_is_down(house: BotHouse) -> None:
    anna = house.person()
    house.telegram.fail(method="getUpdates", cut=True)
    async with house.working():
        await anna.send("/start")

        assert "Добро пожаловать" in (await anna.next_message(timeout_s=40)).text


def test_the_webhook_loads_no_aiogram() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, bot.install; print('aiogram' in sys.modules)"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == "False"
