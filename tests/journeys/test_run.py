"""`tessera run` as an operator runs it: with little configured, with a bot, and with something wrong."""

import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pymongo.asynchronous.database import AsyncDatabase

from certs.dev import DevIdentities
from offers.flows.open_programme import OpenProgramme
from offers.store.store import Store
from sandbox.telegram.server import TelegramStandIn
from service.cli.stand_ins import free_port
from service.now import chance, now
from tests.commands import said_by, started
from tests.till_door import COFFEE

TOKEN, BOT = "42:TEST-token", "coffee_bot"


@pytest.fixture
def settings(mongo_uri: str, database: AsyncDatabase[dict[str, Any]]) -> dict[str, str]:
    port = free_port(0)
    return {
        "TESSERA_MONGO__URI": mongo_uri,
        "TESSERA_MONGO__DATABASE": database.name,
        "TESSERA_WEB__PORT": str(port),
        "TESSERA_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


async def test_without_wallets_and_without_a_bot_the_till_works(tmp_path: Path, settings: dict[str, str]) -> None:
    url = settings["TESSERA_WEB__PUBLIC_URL"]
    async with (
        started("run", folder=tmp_path, settings=settings) as command,
        ClientSession() as session,
    ):
        await command.until(lambda said: "listening" in said)

        statuses = {}
        for method, path in (
            ("GET", "/healthz"),
            ("GET", "/readyz"),
            ("GET", "/till"),
            ("GET", "/join/nowhere"),
            ("GET", "/apple/v1/passes/a/b"),
            ("POST", "/telegram/42"),
        ):
            async with session.request(method, url + path) as answer:
                statuses[path] = answer.status

        assert statuses == {
            "/healthz": 200,
            "/readyz": 200,
            "/till": 200,
            "/join/nowhere": 404,
            "/apple/v1/passes/a/b": 404,
            "/telegram/42": 404,
        }
        assert await command.end(signal.SIGTERM) == 0
    assert "Traceback" not in command.output


@pytest.mark.parametrize("secret", [None, "a-secret-of-the-webhook"], ids=["polling", "webhook"])
async def test_the_bot_answers_with_and_without_a_webhook(
    tmp_path: Path, settings: dict[str, str], store: Store, secret: str | None
) -> None:
    await OpenProgramme(store, now, chance)(COFFEE)
    async with TelegramStandIn(bots={TOKEN: BOT}) as telegram:
        of_bot = {
            "TESSERA_TELEGRAM__TOKEN": TOKEN,
            "TESSERA_TELEGRAM__PROGRAMME": "coffee",
            "TESSERA_TELEGRAM__USERNAME": BOT,
            "TESSERA_TELEGRAM__API_URL": telegram.url,
            **({"TESSERA_TELEGRAM__WEBHOOK_SECRET": secret} if secret else {}),
        }
        async with started("run", folder=tmp_path, settings={**settings, **of_bot}) as command:
            person = telegram.person(first_name="Anna", language_code="en")
            await command.until(lambda said: "listening" in said)

            await person.send("/start")
            greeting = await person.next_message(timeout_s=60)

            assert "Coffee house" in greeting.text
            methods = {call.method for call in telegram.calls}
            assert ("getUpdates" in methods) is (secret is None)
            assert await command.end(signal.SIGTERM) == 0
    assert "Traceback" not in command.output


async def test_what_keeps_it_from_starting_is_said_in_a_line(
    tmp_path: Path, settings: dict[str, str], dev_identities: DevIdentities
) -> None:
    bot = {"TESSERA_TELEGRAM__TOKEN": TOKEN, "TESSERA_TELEGRAM__PROGRAMME": "tea"}
    apple = {
        "TESSERA_APPLE__CERTIFICATE": str(dev_identities.folder / "pass.pem"),
        "TESSERA_APPLE__KEY": str(dev_identities.folder / "apns-server.key"),
        "TESSERA_APPLE__INTERMEDIATE": str(dev_identities.folder / "wwdr.pem"),
        "TESSERA_APPLE__TEAM": "OTHER",
    }
    with socket.create_server(("127.0.0.1", int(settings["TESSERA_WEB__PORT"]))):
        taken = await said_by("run", folder=tmp_path, settings=settings)
        taken_in_russian = await said_by("run", folder=tmp_path, settings=settings, language="ru_RU")

    nobody = await said_by("bot", folder=tmp_path, settings={**settings, **bot})
    wrong_files = await said_by("run", folder=tmp_path, settings={**settings, **apple})

    assert [code for code, _ in (taken, taken_in_russian, nobody, wrong_files)] == [2, 2, 2, 2]
    assert taken[1].splitlines()[-1].startswith("tessera: Something listens at this address already.")
    assert taken_in_russian[1].splitlines()[-1].startswith("tessera: Этот адрес уже занят.")
    assert nobody[1] == "tessera: No programme is called tea.\n"
    assert [line.partition(" ")[0] for line in wrong_files[1].splitlines()] == ["tessera:", "tessera:"]
    assert "the settings say OTHER" in wrong_files[1]
    assert "does not belong to the certificate" in wrong_files[1]
