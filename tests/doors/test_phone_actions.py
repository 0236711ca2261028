"""The phone page without a browser: its actions, its stream, its pictures, and what they refuse."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession, ClientTimeout

from certs.dev import DevIdentities
from offers.store.store import Store
from sandbox.phone.page.server import PhonePage
from tests.phone_house import BOT, TOKEN, PhoneHouse, open_phone_house


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, dev_identities: DevIdentities) -> AsyncIterator[PhoneHouse]:
    async with open_phone_house(store, dev_identities) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def phone(house: PhoneHouse) -> AsyncIterator[PhonePage]:
    async with PhonePage(house.around()) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def person(phone: PhonePage) -> AsyncIterator[ClientSession]:
    async with ClientSession(phone.url, timeout=ClientTimeout(total=20), headers={"Accept-Language": "en"}) as session:
        yield session


async def states(person: ClientSession, language: str = "en") -> AsyncIterator[dict[str, Any]]:
    async with person.get("/screen", params={"lang": language}) as stream:
        assert stream.content_type == "text/event-stream"
        async for line in stream.content:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


async def until(person: ClientSession, condition: Any) -> dict[str, Any]:
    async with asyncio.timeout(40):
        async for state in states(person):
            if condition(state):
                return state
    raise AssertionError("the stream ended")


async def add_both(person: ClientSession, link: str) -> None:
    for wallet in ("apple", "google"):
        async with person.post(f"/{wallet}", json={"card": link}) as answer:
            assert answer.status in {200, 204}, await answer.text()


async def test_a_card_added_to_both_wallets_is_on_the_screen_with_its_pictures(
    house: PhoneHouse, person: ClientSession
) -> None:
    enrolment = await house.enrol()

    await add_both(person, house.link(enrolment))

    state = await until(person, lambda now: now["apple"] and now["google"])
    card, google = state["apple"][0], state["google"][0]
    assert card["serial"] == enrolment.card.serial
    assert (card["name"], card["is_registered"]) == ("Coffee house", True)
    assert google["programme"] == "Coffee house"
    for address in (*card["pictures"].values(), google["logo"], google["hero"]):
        async with person.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png"), address
    assert [step["code"] for step in state["steps"]][:3] == ["verified", "added", "registered"]


async def test_a_purchase_comes_down_the_stream(house: PhoneHouse, person: ClientSession) -> None:
    enrolment = await house.enrol()
    await add_both(person, house.link(enrolment))

    await house.buy(enrolment, 50_000)

    state = await until(person, lambda now: now["notices"] and now["google"][0]["rows"][0][0]["value"] == "25")
    assert state["notices"][0]["text"] == "Points on the card: 25"
    assert state["apple"][0]["fields"]["header"][0]["value"] == "25"
    assert {"pushed", "listed", "fetched", "noticed"} <= {step["code"] for step in state["steps"]}


async def test_a_phone_that_was_off_hears_the_push_afterwards(house: PhoneHouse, person: ClientSession) -> None:
    enrolment = await house.enrol()
    await add_both(person, house.link(enrolment))
    await person.post("/world", json={"phone_on": False})
    await house.buy(enrolment, 50_000)
    off = await until(person, lambda now: any(step["code"] == "held" for step in now["steps"]))

    await person.post("/world", json={"phone_on": True})

    assert off["notices"] == []
    on = await until(person, lambda now: now["notices"])
    assert on["is_on"]


async def test_google_out_of_patience_delays_google_alone(house: PhoneHouse, person: ClientSession) -> None:
    enrolment = await house.enrol()
    await add_both(person, house.link(enrolment))
    await person.post("/world", json={"google_limited": True})
    await house.buy(enrolment, 50_000)
    during = await until(person, lambda now: now["notices"])

    await person.post("/world", json={"google_limited": False})

    assert during["google"][0]["rows"][0][0]["value"] == "0"
    await until(person, lambda now: now["google"][0]["rows"][0][0]["value"] == "25")


async def test_the_line_to_telegram_is_cut_and_mended(house: PhoneHouse, person: ClientSession) -> None:
    me = f"{house.telegram.url}/bot{TOKEN}/getMe"
    await person.post("/world", json={"telegram_down": True})
    with pytest.raises(ClientError):
        await person.get(me)

    await person.post("/world", json={"telegram_down": False})

    async with person.get(me) as answer:
        assert (await answer.json())["result"]["username"] == BOT
    state = await until(person, lambda now: not now["is_telegram_down"])
    assert [step["code"] for step in state["steps"]] == ["telegram_down", "telegram_up"]


async def test_cards_are_taken_off(house: PhoneHouse, person: ClientSession) -> None:
    enrolment = await house.enrol()
    await add_both(person, house.link(enrolment))
    state = await until(person, lambda now: now["apple"] and now["google"])

    for path in (f"/apple/{enrolment.card.serial}", f"/google/{state['google'][0]['id']}"):
        async with person.delete(path) as answer:
            assert answer.status == 204
        async with person.delete(path) as answer:
            assert answer.status == 404

    assert not (await until(person, lambda now: not now["google"]))["apple"]


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/apple", {"card": "nonsense"}, 422, "not the link of a card"),
        ("/google", {"card": "https://example.com/c/0123456789abcdef"}, 422, "not the link of a card"),
        ("/apple", {"card": "0123456789abcdef0123456789abcdef"}, 422, "The card cannot be had: answered 404"),
        ("/google", {"card": "0123456789abcdef0123456789abcdef"}, 422, "Google did not take the card"),
        ("/apple", {"card": ""}, 400, ""),
        ("/apple", {"card": "x" * 3000}, 400, ""),
        ("/world", {"moon": True}, 400, ""),
        ("/chat/messages", {"text": ""}, 400, ""),
        ("/chat/presses", {"row": 0, "column": 0}, 404, ""),
        ("/chat/presses", {"row": -1, "column": 0}, 400, ""),
    ],
)
async def test_bad_input_is_refused(
    person: ClientSession, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    async with person.post(path, json=body) as answer:
        assert answer.status == status
        assert said in await answer.text()


async def test_another_site_may_not_play_with_the_phone(person: ClientSession) -> None:
    async with person.post("/world", json={"phone_on": False}, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403


async def test_a_link_to_the_bot_opens_the_chat_with_its_payload(phone: PhonePage, person: ClientSession) -> None:
    async with person.get(f"/t/{BOT}", params={"start": "c-abc"}, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/?start=c-abc#chat"
    assert phone.chat_url == f"{phone.url}/t"


async def test_a_person_writes_in_the_language_of_the_page(phone: PhonePage, person: ClientSession) -> None:
    async with person.post("/chat/messages", json={"text": "/start"}) as answer:
        assert answer.status == 204
    state = await until(person, lambda now: now["chat"]["messages"])

    assert state["chat"]["messages"][0]["spans"] == [{"text": "/start", "styles": ["bot_command"]}]
    assert phone.phone.person.chat.person["language_code"] == "en"


async def test_the_page_keeps_the_rules_of_all_pages(person: ClientSession) -> None:
    async with person.get("/", params={"lang": "ru"}) as answer:
        text = await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Что произошло" in text
    assert "+7\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}123-45-67" in text
    assert " style=" not in text
    assert "<script>" not in text
