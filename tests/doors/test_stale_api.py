"""Cards that do not answer, and how far updates are behind, as the office asks for them."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession, web

from certs.dev import DevIdentities
from offers.flows.issue_key import IssueKey
from offers.flows.keep_shown import KeepShown
from offers.flows.look_at_card import LookAtCard
from offers.model.message import Lane
from offers.model.programme import Scope
from offers.model.shown import Wallet
from offers.store.store import Store
from service.update_doors import install_updates
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.served import Served
from tests.updates_house import STALE, UpdatesHouse, open_updates_house
from web.problems import problems

TOKEN = "c3" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[UpdatesHouse]:
    async with open_updates_house(store, clock, dev_identities) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def office(house: UpdatesHouse) -> AsyncIterator[ClientSession]:
    """A session with an operator's key."""
    issue = IssueKey(house.store, house.clock, secrets.token_bytes)
    key = await issue.for_programme(PROGRAMME.id, Scope.OPERATOR, name="olga")
    app = web.Application(middlewares=[problems])
    install_updates(app, house.store, clock=house.clock, terms=STALE)
    async with Served(app, host="127.0.0.1") as server:
        headers = {"Authorization": f"Bearer {key.secret}"}
        async with ClientSession(server.make_url("/"), headers=headers) as session:
            yield session


async def test_a_card_pushed_and_never_fetched_is_stale_until_a_phone_fetches_it(
    house: UpdatesHouse, office: ClientSession
) -> None:
    anna = await house.enrol()
    await house.carry(anna, TOKEN)
    await house.buy(anna)
    await house.work()
    since = house.clock()
    house.pass_by(STALE.after_s - 1)
    early = await (await office.get("/v1/cards/stale")).json()
    house.pass_by(2)
    late = await (await office.get("/v1/cards/stale")).json()
    sight = await LookAtCard(house.store, CODE_KEY, house.clock).by_id(anna.card.id)
    await house.store.reading.shown.note_fetched(sight.card, at=house.clock())
    fetched = await (await office.get("/v1/cards/stale")).json()

    assert (early["counts"], early["cards"]) == ({"apple": 0, "google": 0}, [])
    assert late["counts"] == {"apple": 1, "google": 0}
    (card,) = late["cards"]
    assert card["card_id"] == anna.card.id
    assert (card["wallet"], card["reason"], card["told_again"]) == ("apple", "pushed_not_fetched", 0)
    assert card["since"].startswith(since.isoformat()[:19])
    assert fetched["cards"] == []


async def test_a_fetch_that_is_quicker_than_the_note_of_its_push_leaves_nothing_owed(house: UpdatesHouse) -> None:
    anna = await house.enrol()
    await house.carry(anna, TOKEN)
    keep = KeepShown(house.store, house.clock, Wallet.APPLE, STALE)
    sight = await LookAtCard(house.store, CODE_KEY, house.clock).by_id(anna.card.id)
    before = (await keep.of([sight]))[anna.card.id]
    await house.store.reading.shown.note_fetched(sight.card, at=house.clock())

    await keep.told([before], answers=True)

    shown = await house.shown(Wallet.APPLE, anna.card)
    assert shown.owed_since is None


async def test_a_card_google_refused_is_stale_with_googles_reason_and_heals_when_told_again(
    house: UpdatesHouse, office: ClientSession
) -> None:
    anna = await house.enrol()
    card = await house.save_to_google(anna)
    house.google.fail(status=400, reason="invalidResource", door="api")
    receipt = await house.buy(anna)
    await house.work()
    house.pass_by(STALE.after_s)
    stale = await (await office.get("/v1/cards/stale")).json()
    house.google.calls.clear()

    healed = await house.heal()
    await house.work()

    assert [(row["wallet"], row["reason"][:11]) for row in stale["cards"]] == [("google", "bad_request")]
    assert healed == 1
    held = house.google.object(house.google.calls[-1].body["id"])
    assert held["loyaltyPoints"]["balance"] == {"int": receipt.balance}
    assert (await (await office.get("/v1/cards/stale")).json())["cards"] == []
    assert (await house.shown(Wallet.GOOGLE, card)).refusal is None


async def test_stale_cards_come_in_pages_and_none_is_left_out(house: UpdatesHouse, office: ClientSession) -> None:
    for number in range(5):
        member = await house.enrol(number)
        await house.carry(member, f"{number:02x}" * 32)
        await house.buy(member)
    await house.work()
    house.pass_by(STALE.after_s)
    seen: list[str] = []
    place: dict[str, str] | None = {}
    while place is not None:
        page = await (await office.get("/v1/cards/stale", params={"limit": "2", **place})).json()
        seen += [row["card_id"] for row in page["cards"]]
        place = page["next"]

    assert len(seen) == len(set(seen)) == 5


async def test_lag_tells_what_waits_how_long_the_last_hour_took_and_who_asked_for_patience(
    house: UpdatesHouse, office: ClientSession
) -> None:
    anna = await house.enrol()
    await house.save_to_google(anna)
    await house.buy(anna)
    await house.work()
    await house.cards.client._pace.rest(120.0)
    house.pass_by(10)
    await house.buy(anna)
    await house.work(Lane.EVENTS)
    house.pass_by(30)

    lag = await (await office.get("/v1/updates/lag")).json()

    (waiting,) = lag["waiting"]
    assert (waiting["lane"], waiting["priority"], waiting["waiting"]) == ("google", "balance", 1)
    assert waiting["oldest_s"] == 30
    google = next(row for row in lag["last_hour"] if row["lane"] == "google")
    assert (google["delivered"], google["dropped"]) == (1, 0)
    assert [pause["provider"] for pause in lag["pauses"]] == ["google:3388000000012345678"]


async def test_both_ask_for_an_operators_key(house: UpdatesHouse, office: ClientSession) -> None:
    for path in ("/v1/cards/stale", "/v1/updates/lag"):
        nobody = await office.get(path, headers={"Authorization": "Bearer tsk_nobody"})
        assert nobody.status == 401
    assert (await office.get("/v1/cards/stale?limit=501")).status == 422
    assert house.google.calls is not None
