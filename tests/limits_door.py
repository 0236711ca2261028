"""The APIs of vouchers, coupons and budgets on a real port, beside a till, over the real store."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web

from merchant.auth import Doorkeeper
from offers.engine.card_codes import scan_code
from offers.flows.enrol_member import Application, EnrolMember, Enrolment
from offers.flows.issue_key import IssueKey
from offers.flows.know_key import KnowKey
from offers.flows.open_programme import Opened, OpenProgramme
from offers.model.programme import Language, Scope
from offers.store.store import Store
from service.limit_doors import install_limits
from service.personal.doors import install_personal
from tests.clock import SettableClock
from tests.served import Served
from tests.till_door import CODE_KEY, COFFEE, CONSENT
from web.problems import problems


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsDoor:
    """`as_operator` and `as_till` ask with the key of each, and give status and JSON."""

    opened: Opened
    enrolment: Enrolment
    operator_key: str
    url: str
    client: ClientSession

    @property
    def card(self) -> str:
        return scan_code(self.enrolment.card.id, CODE_KEY)

    @property
    def member(self) -> str:
        return self.enrolment.member.id

    async def as_operator(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.ask(self.operator_key, method, path, **options)

    async def as_till(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.ask(self.opened.till_key.secret, method, path, **options)

    async def ask(self, key: str, method: str, path: str, **options: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}", **options.pop("headers", {})}
        async with self.client.request(method, self.url + path, headers=headers, **options) as response:
            return response.status, await response.json(content_type=None)


@asynccontextmanager
async def open_limits_door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    application = Application(language=Language.RU, source="test", consents=(CONSENT,), phone="+79990000001")
    enrolment = await EnrolMember(store, clock, secrets.token_bytes)(opened.programme, application)
    issued = await IssueKey(store, clock, secrets.token_bytes).for_programme(
        opened.programme.id, Scope.OPERATOR, name="office"
    )
    app = web.Application(middlewares=[problems])
    install_limits(
        app,
        store,
        doorkeeper=Doorkeeper(know_key=KnowKey(store)),
        clock=clock,
        chance=secrets.token_bytes,
        code_key=CODE_KEY,
    )
    install_personal(
        app, store, doorkeeper=Doorkeeper(know_key=KnowKey(store)), clock=clock, chance=secrets.token_bytes
    )
    async with Served(app, host="127.0.0.1") as server, ClientSession(timeout=ClientTimeout(total=30)) as client:
        yield LimitsDoor(
            opened=opened,
            enrolment=enrolment,
            operator_key=issued.secret,
            url=str(server.make_url("")).rstrip("/"),
            client=client,
        )
