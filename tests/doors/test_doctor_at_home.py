"""The doctor on clocks, addresses, the outbox and pictures, and for a page that asks it."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from certs.dev import DevIdentities
from merchant.auth import Doorkeeper
from merchant.health.install import install
from merchant.health.tools import HEALTH, HealthTools
from offers.engine.starter_designs import starter_design
from offers.flows.issue_key import IssueKey
from offers.flows.know_key import KnowKey
from offers.flows.open_programme import OpenProgramme
from offers.flows.tell_outbox import event_item
from offers.model.design import Images
from offers.model.events import OwnTermsChanged
from offers.model.ids import MemberId
from offers.model.programme import Scope
from offers.store.store import Store
from service.cli import doctor as command
from service.doctor.observations import Part
from service.doctor.page import HealthPage
from service.settings import MongoSettings
from tests.doctors_ward import HOST, Ward, open_ward, serve_another
from tests.served import Served
from tests.till_door import COFFEE
from web.problems import problems


@pytest.fixture
async def ward(store: Store, dev_identities: DevIdentities, tmp_path: Path) -> AsyncIterator[Ward]:
    async with open_ward(store, dev_identities, tmp_path) as ward:
        await OpenProgramme(store, ward.clock, secrets.token_bytes)(COFFEE)
        yield ward


@pytest.mark.parametrize(
    ("skew_s", "told"),
    [(20, ("ok", "clock_well")), (60, ("warning", "clock_off")), (-600, ("error", "clock_wrong"))],
)
async def test_a_clock_that_is_off_is_named(ward: Ward, skew_s: int, told: tuple[str, str]) -> None:
    ward.clock.move(timedelta(seconds=skew_s))

    assert (await ward.found())[Part.CLOCK] == [told]


async def test_a_clock_nobody_answers_for_is_told(ward: Ward) -> None:
    alone = ward.with_settings(google={"api_url": "http://127.0.0.1:1"}, telegram={"api_url": "http://127.0.0.1:1"})

    assert (await alone.found())[Part.CLOCK] == [("warning", "clock_unanswered")]


async def test_a_public_address_that_leads_elsewhere_is_named(ward: Ward) -> None:
    app = web.Application()
    app.router.add_get("/healthz", serve_another)
    async with Served(app, host="127.0.0.1") as server:
        other = ward.with_settings(web={"public_url": f"http://127.0.0.1:{server.port}"})
        told = (await other.found())[Part.ADDRESS]

    assert told == [("error", "address_local"), ("error", "address_not_ours")]


async def test_a_public_address_nobody_answers_at_is_named(ward: Ward) -> None:
    plain = (await ward.with_settings(web={"public_url": f"http://{HOST}:1"}).found())[Part.ADDRESS]

    assert plain == [("error", "address_not_https"), ("error", "address_unreachable")]


async def test_a_certificate_phones_would_refuse_is_named(ward: Ward) -> None:
    async with ClientSession() as strict:
        port = ward.around.settings.web.public_url.rpartition(":")[2]
        doubtful = ward.with_settings(web={"public_url": f"https://127.0.0.1:{port}"})
        told = (await replace(doubtful, around=replace(doubtful.around, session=strict)).found())[Part.ADDRESS]

    assert ("error", "address_certificate") in told


@pytest.mark.parametrize(
    ("minutes", "told"), [(2, ("ok", "outbox_well")), (10, ("warning", "outbox_late")), (60, ("error", "outbox_stuck"))]
)
async def test_what_waits_too_long_is_named(ward: Ward, minutes: int, told: tuple[str, str]) -> None:
    store = await a_programme(ward)
    event = OwnTermsChanged(
        key="own_terms:1",
        programme_id=store.id,
        member_id=MemberId("m1"),
        at=ward.clock() - timedelta(minutes=minutes),
    )
    assert ward.around.store is not None
    await ward.around.store.reading.outbox.put([event_item(event)])

    assert (await ward.found())[Part.OUTBOX] == [told]


async def a_programme(ward: Ward) -> Any:
    assert ward.around.store is not None
    (programme,) = await ward.around.store.reading.programmes.all()
    return programme


async def test_pictures_that_are_gone_and_designs_that_are_over_are_named(ward: Ward) -> None:
    programme = await a_programme(ward)
    assert ward.around.store is not None
    design = starter_design(programme.id, slug="gift")
    await ward.around.store.reading.designs.keep(
        replace(design, images=Images(banner="f" * 64), expires_at=ward.clock() - timedelta(days=1))
    )

    told = (await ward.found())[Part.PICTURES]

    assert told == [("warning", "design_over"), ("error", "picture_missing")]


async def test_a_house_without_a_programme_is_told_what_to_do(store: Store, ward: Ward) -> None:
    await store.database["programmes"].delete_many({})

    assert (await ward.found())[Part.PROGRAMMES] == [("warning", "no_programme")]


async def test_without_a_database_the_rest_is_looked_at_all_the_same(ward: Ward) -> None:
    bad = ward.around.settings.model_copy(update={"mongo": MongoSettings(uri=SecretStr("mongodb://host:port"))})

    observations = await command.look(bad, "en")

    assert (observations[0].part, observations[0].code) == (Part.DATABASE, "mongo_unavailable")
    assert "TESSERA_MONGO__URI is not an address" in command.line(observations[0], "en")
    assert {Part.APPLE, Part.GOOGLE, Part.TELEGRAM} <= {each.part for each in observations}


async def test_the_health_page_asks_the_providers_once_a_minute(ward: Ward, store: Store) -> None:
    programme = await a_programme(ward)
    issued = await IssueKey(store, ward.clock, secrets.token_bytes).for_programme(
        programme.id, Scope.OPERATOR, name="olga"
    )
    seconds = [0.0]
    app = web.Application(middlewares=[problems])
    install(app)
    page = HealthPage(ward.around, now_s=lambda: seconds[0])
    app[HEALTH] = HealthTools(doorkeeper=Doorkeeper(know_key=KnowKey(store)), findings=page)

    async with Served(app, host="127.0.0.1") as server, ClientSession() as client:

        async def ask(key: str) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {key}"}
            async with client.get(server.make_url("/v1/health/findings"), headers=headers) as response:
                return response.status, await response.json()

        first = await ask(issued.secret)
        calls = len(ward.google.calls)
        again = await ask(issued.secret)
        asked_again = len(ward.google.calls)
        seconds[0] = 61.0
        ward.google.fail(times=None, status=403, reason="permissionDenied", door="api")
        later = await ask(issued.secret)
        stranger = await ask("tsk_nobody")

    assert (first[0], first[1]["healthy"]) == (200, True)
    assert again == first
    assert asked_again == calls
    wrong = [each for each in later[1]["findings"] if each["level"] == "error"]
    assert later[1]["healthy"] is False
    assert [each["code"] for each in wrong] == ["google_not_invited"]
    assert "Google" in wrong[0]["text"]["ru"]
    assert stranger[0] == 401
