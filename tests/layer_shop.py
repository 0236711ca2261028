"""The coffee house with its flows of layers, for the tests of them."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from offers.flows.enrol_member import EnrolMember
from offers.flows.find_design import FindDesign
from offers.flows.put_layer import ChangeLayer, EndLayer, LayerWish, PutLayer
from offers.flows.turn_layers import TurnLayers
from offers.model.card import Card
from offers.model.layer import LayerParts, LayerScope
from offers.model.programme import LocalText
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import PROGRAMME, application

HOUR = timedelta(hours=1)
TEXT = LocalText(ru="Счастливый час", en="Happy hour")
NEWS = LayerParts(text=TEXT)


class Shop:
    """The coffee house with its flows of layers."""

    def __init__(self, store: Store, clock: SettableClock) -> None:
        self.store, self.clock = store, clock
        self.put = PutLayer(store, clock, secrets.token_bytes)
        self.change = ChangeLayer(store, clock)
        self.end = EndLayer(store, clock)
        self.turn = TurnLayers(store, clock)

    def wish(self, **changes: Any) -> LayerWish:
        at = self.clock()
        made = LayerWish(scope=LayerScope.EVERYBODY, parts=NEWS, starts_at=at + HOUR, ends_at=at + 2 * HOUR)
        return replace(made, **changes)

    async def card(self) -> Card:
        return (await EnrolMember(self.store, self.clock, secrets.token_bytes)(PROGRAMME, application())).card

    async def told(self) -> list[dict[str, Any]]:
        """Give what was told of looks, oldest first."""
        cursor = self.store.database["outbox"].find({"kind": "LookChanged"}).sort("created_at")
        return [item["payload"] async for item in cursor]

    async def shown(self) -> str | None:
        look = (await FindDesign(self.store, self.clock)(PROGRAMME)).look
        return look.text.en if look.text else None
