"""The pass of a replaced card: voided, saying why, and leading to the new one unless somebody else may hold it."""

import io
import json
import secrets
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from certs.dev import DevIdentities
from offers.engine.card_codes import link_token
from offers.flows.block_card import Blocking
from offers.flows.react_to_event import ReactToEvent
from offers.flows.reissue_card import Reissue, ReissueCard
from offers.model.card import BlockReason, Card
from offers.model.message import OutboxItem
from offers.store.codec import from_document
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY
from tests.doors.apple_house import AppleHouse, allowed, open_apple_house

TOKEN = {"pushToken": "ab" * 32}


@pytest.fixture
async def house(store: Store, clock: SettableClock, dev_identities: DevIdentities) -> AsyncIterator[AppleHouse]:
    async with open_apple_house(store, clock, dev_identities) as opened:
        yield opened


async def replace_first(house: AppleHouse, reason: BlockReason) -> Reissue:
    """Replace the first card, on a phone already, and let the worker hear of it."""
    card = house.cards[0]
    async with house.client.post(house.registration(card), json=TOKEN, headers=allowed(card)) as response:
        assert response.status == 201
    programme = await house.store.reading.programmes.get(card.programme_id)
    assert programme is not None
    flow = ReissueCard(house.store, house.clock, secrets.token_bytes)
    made = await flow(programme, card.id, Blocking(reason=reason, by="k1"))
    for document in await house.store.database["outbox"].find({"lane": "events"}).to_list():
        await ReactToEvent(house.store, house.clock)(from_document(OutboxItem, {**document, "key": document["_id"]}))
    return made


async def fetched(house: AppleHouse, card: Card) -> dict[str, Any]:
    async with house.client.get(house.pass_of(card), headers=allowed(card)) as response:
        assert response.status == 200
        with zipfile.ZipFile(io.BytesIO(await response.read())) as package:
            document: dict[str, Any] = json.loads(package.read("pass.json"))
            return document


def back(document: dict[str, Any]) -> dict[str, Any]:
    styles = [value for value in document.values() if isinstance(value, dict) and "backFields" in value]
    return {each["key"]: each["value"] for each in styles[0]["backFields"]}


async def test_the_old_pass_is_voided_and_says_that_it_was_replaced(house: AppleHouse) -> None:
    made = await replace_first(house, BlockReason.LOST)

    async with house.client.get(house.changes(since="0")) as response:
        changed = (await response.json())["serialNumbers"]
    old, new = await fetched(house, made.old), await fetched(house, made.new)

    assert made.old.serial in changed
    assert old["voided"] is True
    assert next(iter(back(old))) == "replaced"
    assert back(old)["page"].endswith(link_token(made.old.id, CODE_KEY))
    assert "voided" not in new
    assert "replaced" not in back(new)
    assert "barcodes" not in old
    assert "barcodes" in new


async def test_a_damaged_card_leads_to_the_new_one(house: AppleHouse) -> None:
    made = await replace_first(house, BlockReason.DAMAGED)

    assert back(await fetched(house, made.old))["page"].endswith(link_token(made.new.id, CODE_KEY))
