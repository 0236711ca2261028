"""The API of members on a real port, with two keys of the office and one of a till, over the real store."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web

from merchant.auth import Doorkeeper
from merchant.cards.install import install as install_cards
from offers.flows.enrol_member import Application, EnrolMember, Enrolment
from offers.flows.issue_key import IssueKey
from offers.flows.know_key import KnowKey
from offers.flows.open_programme import Opened, OpenProgramme
from offers.model.programme import Language, Programme, Scope, Terms
from offers.store.store import Store
from service.card_doors import card_tools
from service.member_doors import install_members
from tests.clock import SettableClock
from tests.served import Served
from tests.till_door import CODE_KEY, COFFEE, CONSENT
from web.problems import problems

NOBODY = "0" * 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersDoor:
    """`olga` and `ivan` work in the office; each way of asking gives status and JSON."""

    store: Store
    opened: Opened
    programme: Programme
    anna: Enrolment
    boris: Enrolment
    olga_key: str
    ivan_key: str
    url: str
    client: ClientSession

    def path(self, what: str, who: Enrolment | None = None) -> str:
        return f"/v1/members/{(who or self.anna).member.id}/{what}"

    async def as_olga(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.ask(self.olga_key, method, path, **options)

    async def as_ivan(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.ask(self.ivan_key, method, path, **options)

    async def as_till(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.ask(self.opened.till_key.secret, method, path, **options)

    async def ask(
        self, key: str, method: str, path: str, *, once: str | None = None, **options: Any
    ) -> tuple[int, Any]:
        """Ask; `once` is the Idempotency-Key."""
        headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": once} if once else {})
        async with self.client.request(method, self.url + path, headers=headers, **options) as response:
            return response.status, await response.json(content_type=None)


@asynccontextmanager
async def open_members_door(store: Store, clock: SettableClock, **terms: Any) -> AsyncIterator[MembersDoor]:
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    agreed: Terms = replace(opened.programme.terms, transfer_daily_points=500, **terms)
    programme = replace(opened.programme, terms=agreed)
    await store.reading.programmes.keep(programme)
    enrol = EnrolMember(store, clock, secrets.token_bytes)
    anna, boris = [
        await enrol(
            programme,
            Application(language=Language.RU, source="test", consents=(CONSENT,), phone=f"+7999000000{number}"),
        )
        for number in (1, 2)
    ]
    issue = IssueKey(store, clock, secrets.token_bytes)
    olga, ivan = [await issue.for_programme(programme.id, Scope.OPERATOR, name=name) for name in ("olga", "ivan")]
    app = _application(store, clock)
    async with Served(app, host="127.0.0.1") as server, ClientSession(timeout=ClientTimeout(total=30)) as client:
        yield MembersDoor(
            store=store,
            opened=opened,
            programme=programme,
            anna=anna,
            boris=boris,
            olga_key=olga.secret,
            ivan_key=ivan.secret,
            url=str(server.make_url("")).rstrip("/"),
            client=client,
        )


def _application(store: Store, clock: SettableClock) -> web.Application:
    app = web.Application(middlewares=[problems])
    doorkeeper = Doorkeeper(know_key=KnowKey(store))
    install_members(
        app,
        store,
        doorkeeper=doorkeeper,
        clock=clock,
        chance=secrets.token_bytes,
        code_key=CODE_KEY,
        public_url="https://cards.example",
    )
    tools = card_tools(
        store,
        clock=clock,
        chance=secrets.token_bytes,
        code_key=CODE_KEY,
        public_url="https://cards.example",
        reissues_per_day=3,
    )
    install_cards(app, tools)
    return app
