"""The API of looks on a real port, for the tests of designs, layers and previews."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web

from certs.dev import DevIdentities
from merchant.designs.install import install
from offers.flows.enrol_member import EnrolMember, Enrolment
from offers.flows.find_picture import FindPicture
from offers.flows.issue_key import IssueKey
from offers.flows.open_programme import Opened, OpenProgramme
from offers.model.programme import Scope
from offers.store.store import Store
from service.design_doors import design_tools
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, application
from tests.identities import pass_identity_of
from tests.served import Served
from tests.till_door import COFFEE
from wallet.apple.passes import PassMaker
from wallet.apple.signer import PassSigner
from wallet.pictures import PictureBook
from web.problems import problems


@dataclass(frozen=True, slots=True)
class Studio:
    """The API of looks on a real port, an operator's key, and a member with a card."""

    session: ClientSession
    url: str
    opened: Opened
    enrolment: Enrolment
    operator: str
    store: Store
    clock: SettableClock

    async def ask(self, method: str, path: str, *, key: str = "", **options: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key or self.operator}", **options.pop("headers", {})}
        async with self.session.request(method, self.url + path, headers=headers, **options) as response:
            body = await response.read()
            if response.content_type.endswith("json"):
                return response.status, json.loads(body)
            return response.status, body

    async def design(self, slug: str = "main") -> dict[str, Any]:
        _, found = await self.ask("GET", f"/v1/designs/{slug}")
        return dict(found["design"])

    @property
    def card(self) -> str:
        return self.enrolment.card.id

    async def preview(self, **query: str) -> tuple[int, Any]:
        return await self.ask("GET", f"/v1/cards/{self.card}/preview", params=query)


@asynccontextmanager
async def open_studio(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[Studio]:
    opened = await OpenProgramme(store, clock, secrets.token_bytes)(COFFEE)
    enrolment = await EnrolMember(store, clock, secrets.token_bytes)(opened.programme, application())
    key = await IssueKey(store, clock, secrets.token_bytes).for_programme(
        opened.programme.id, Scope.OPERATOR, name="office"
    )
    passes = PassMaker(
        signer=PassSigner(pass_identity_of(dev_identities)),
        pictures=PictureBook(FindPicture(store)),
        public_url="http://127.0.0.1",
        code_key=CODE_KEY,
        clock=clock,
    )
    app = web.Application(middlewares=[problems])
    install(app, design_tools(store, clock=clock, chance=secrets.token_bytes, code_key=CODE_KEY, passes=passes))
    async with Served(app, host="127.0.0.1") as server, ClientSession() as session:
        yield Studio(session, str(server.make_url("")).rstrip("/"), opened, enrolment, key.secret, store, clock)
