"""Google's callbacks against the running service: what is kept, what is refused, and what Google is asked for."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric import rsa

from offers.flows.enrol_member import EnrolMember
from offers.flows.hear_from_google import HearFromGoogle
from offers.flows.save_to_google import SaveToGoogle
from offers.model.card import Card
from offers.model.message import Lane
from offers.store.store import Store
from sandbox.google.server import GoogleStandIn
from sandbox.google.signer import milliseconds
from service.web import make_application
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME, application
from tests.served import Served
from wallet.google.callback.install import CallbackTools, install
from wallet.google.callback.root_keys import RootKeys

ISSUER = "3388000000012345678"


@dataclass(frozen=True, slots=True)
class Line:
    """A card, the service's callback address, and Google's signing hand."""

    client: TestClient[Any, Any]
    google: GoogleStandIn
    store: Store
    clock: SettableClock
    card: Card

    def message(self, event: str = "save", **fields: Any) -> dict[str, Any]:
        return {
            "classId": f"{ISSUER}.p1",
            "objectId": f"{ISSUER}.{self.card.serial}",
            "eventType": event,
            "expTimeMillis": milliseconds(self.clock() + timedelta(hours=1)),
            "nonce": secrets.token_hex(8),
            **fields,
        }

    async def say(self, message: dict[str, Any]) -> int:
        return await self.post(self.google.signer.sign(message, issuer_id=ISSUER))

    async def post(self, envelope: Any) -> int:
        async with self.client.post("/google/callback", json=envelope) as answer:
            return answer.status

    async def kept(self) -> Card:
        card = await self.store.reading.cards.get(self.card.id)
        assert card is not None
        return card

    async def refreshes(self) -> int:
        return int(await self.store.database["outbox"].count_documents({"lane": Lane.GOOGLE.value}))


@asynccontextmanager
async def open_line(store: Store, clock: SettableClock, key: rsa.RSAPublicKey) -> AsyncIterator[Line]:
    app = make_application(store, [])
    async with GoogleStandIn(public_keys={"x": key}, clock=clock) as google, ClientSession() as session:
        tools = CallbackTools(
            keys=RootKeys(session=session, clock=clock, url=google.keys_url),
            hear=HearFromGoogle(store, clock),
            issuer_id=ISSUER,
            clock=clock,
        )
        install(app, tools)
        async with TestClient(Served(app, host="127.0.0.1")) as client:
            await store.reading.programmes.keep(PROGRAMME)
            enrolment = await EnrolMember(store, clock, secrets.token_bytes)(
                PROGRAMME, application(phone="+79990000001")
            )
            yield Line(client, google, store, clock, enrolment.card)


@pytest_asyncio.fixture(loop_scope="session")
async def line(store: Store, clock: SettableClock, google_key: rsa.RSAPrivateKey) -> AsyncIterator[Line]:
    async with open_line(store, clock, google_key.public_key()) as opened:
        yield opened


async def test_a_save_and_a_deletion_are_kept_on_the_card(line: Line) -> None:
    await SaveToGoogle(line.store)(line.card.id, source="bot")
    saved_at = line.clock()

    assert await line.say(line.message("save")) == 204
    deleted_at = line.clock.move(timedelta(minutes=5))
    assert await line.say(line.message("del")) == 204

    card = await line.kept()
    assert card.google is not None
    assert (card.google.saves, card.google.deletions, card.google.source) == (1, 1, "bot")
    assert (card.google.saved_at, card.google.deleted_at) == (saved_at, deleted_at)
    assert not card.google_saved


async def test_the_same_report_told_again_counts_once(line: Line) -> None:
    message = line.message()
    envelope = line.google.signer.sign(message, issuer_id=ISSUER)

    assert [await line.post(envelope) for _ in range(3)] == [204] * 3
    line.google.signer.rotate_key()
    assert await line.say(message) == 204

    card = await line.kept()
    assert card.google is not None
    assert card.google.saves == 1


async def test_a_card_two_people_saved_is_sent_until_both_took_it_out(line: Line) -> None:
    for event in ("save", "save", "del"):
        await line.say(line.message(event))
    assert (await line.kept()).google_saved

    await line.say(line.message("del"))

    assert not (await line.kept()).google_saved


async def test_who_saves_a_card_again_gets_its_newest_state(line: Line) -> None:
    await SaveToGoogle(line.store)(line.card.id)
    await line.say(line.message("save"))
    assert await line.refreshes() == 0, "it was inserted with its newest state a moment ago"

    await line.say(line.message("del"))
    await line.say(line.message("save"))

    assert await line.refreshes() == 1
    assert (await line.kept()).google_saved


async def test_a_card_we_do_not_know_is_taken_and_forgotten(line: Line) -> None:
    assert await line.say(line.message(objectId=f"{ISSUER}.of-another-service")) == 204
    assert (await line.kept()).google is None


async def test_what_google_did_not_sign_is_refused_and_changes_nothing(line: Line) -> None:
    envelope = line.google.signer.sign(line.message(), issuer_id=ISSUER)
    envelope["signedMessage"] = envelope["signedMessage"].replace("save", "del")

    async with line.client.post("/google/callback", json=envelope) as answer:
        problem = await answer.json(content_type=None)

    assert answer.status == 400
    assert (problem["code"], problem["reason"]) == ("callback_refused", "bad_signature")
    assert (await line.kept()).google is None


async def test_a_body_that_is_no_callback_or_far_too_long_is_refused(line: Line) -> None:
    async with line.client.post("/google/callback", data=b"[]") as answer:
        assert answer.status == 400
    async with line.client.post("/google/callback", data=b"x" * 70_000) as answer:
        assert answer.status == 413


async def test_bad_signatures_never_make_us_ask_google_for_keys(line: Line) -> None:
    await line.say(line.message())
    envelope = line.google.signer.sign(line.message(), issuer_id=ISSUER)
    envelope["signature"] = "AAAA"

    assert {await line.post(envelope) for _ in range(20)} == {400}

    assert line.google.keys_fetched == 1


async def test_keys_are_fetched_again_when_cache_control_says_so(line: Line) -> None:
    await line.say(line.message())
    line.google.signer.rotate_root()
    assert await line.say(line.message()) == 400, "the new root is not known yet, and nobody asks because of that"

    line.clock.move(timedelta(hours=1))

    assert await line.say(line.message()) == 204
    assert line.google.keys_fetched == 2


async def test_keys_are_fetched_again_when_one_of_them_expires(line: Line) -> None:
    line.google.signer.rotate_root(life=timedelta(minutes=10), forget_older=True)
    await line.say(line.message())
    line.clock.move(timedelta(minutes=10))
    line.google.signer.rotate_root(forget_older=True)

    assert await line.say(line.message()) == 204
    assert line.google.keys_fetched == 2


async def test_without_google_nothing_is_believed_and_it_is_asked_once_in_a_while(line: Line) -> None:
    line.google.fail(times=None, status=503, door="keys")
    envelope = line.google.signer.sign(line.message(), issuer_id=ISSUER)

    async with line.client.post("/google/callback", json=envelope) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    line.google.faults.clear()
    assert await line.post(envelope) == 503, "half a minute is not over"

    line.clock.move(timedelta(seconds=31))

    assert await line.post(envelope) == 204


async def test_the_last_keys_serve_while_google_does_not_answer(line: Line) -> None:
    await line.say(line.message())
    line.google.fail(times=None, cut=True, door="keys")
    line.clock.move(timedelta(hours=2))

    assert await line.say(line.message("del")) == 204


async def test_a_message_in_another_alphabet_is_believed(line: Line) -> None:
    message = line.message(note="Кофейня ☕")
    envelope = line.google.signer.sign(message, issuer_id=ISSUER, readable=True)
    raw = json.dumps(envelope, ensure_ascii=False).encode()

    async with line.client.post("/google/callback", data=raw) as answer:
        assert answer.status == 204


async def test_googlebot_may_call_and_nobody_may_index_cards(line: Line) -> None:
    async with line.client.get("/robots.txt") as answer:
        rules = RobotFileParser()
        rules.parse((await answer.text()).splitlines())

    assert rules.can_fetch("Googlebot", "/google/callback")
    assert rules.can_fetch("Googlebot", "/images/coffee/hero-1.png")
    assert rules.can_fetch("Telegrambot", "/join/coffee")
    assert not rules.can_fetch("Googlebot", "/c/abc")
    assert not rules.can_fetch("AnyBot", "/c/abc")
