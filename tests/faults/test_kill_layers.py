"""`kill -9` of a real Tessera around the turns of layers: every turn is told, none twice, and the revert is certain."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from offers.flows.find_design import FindDesign
from offers.flows.open_programme import OpenProgramme
from offers.flows.put_layer import LayerWish, PutLayer
from offers.model.layer import Layer, LayerParts, LayerScope
from offers.model.programme import LocalText, Programme
from offers.store.store import Store
from service.cli.stand_ins import free_port
from service.now import chance, now
from tests.faults.impatient_mongo import Mongo
from tests.faults.mortal_service import MortalService
from tests.till_door import COFFEE

KILLS, LAYERS = 3, 24
APART_S = 0.4
PATIENCE_S = 60.0


@pytest.mark.timeout(300)
async def test_killed_around_turns_it_tells_of_each_once_and_shows_the_design_again(
    mongo: Mongo, tmp_path: Path
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    dice = random.Random(seed)  # noqa: S311 - chooses when to kill
    store = mongo.store
    programme = (await OpenProgramme(store, now, chance)(COFFEE)).programme
    port = free_port(0)
    settings = {
        "TESSERA_MONGO__URI": mongo.uri,
        "TESSERA_MONGO__DATABASE": store.database.name,
        "TESSERA_WEB__PORT": str(port),
        "TESSERA_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    async with MortalService(folder=tmp_path, settings=settings) as service, _heard(store) as told:
        layers = [await _put(store, programme, number) for number in range(LAYERS)]
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0.2, LAYERS * APART_S / KILLS))
            await service.die()
            await service.start()
        await _until_over(store)
        assert await service.end() == 0

    assert set(Counter(event["key"] for event in told).values()) == {1}
    last_words = {event["layer_id"]: event["says_something"] for event in told}
    # The last word about each layer was said when it was over, slept through or not.
    assert last_words == {layer.id: False for layer in layers}
    assert (await FindDesign(store, now)(programme)).look.layers == ()
    assert await store.database["layer_counts"].count_documents({}) == 0


async def _put(store: Store, programme: Programme, number: int) -> Layer:
    """Plan a layer a moment ahead: they come on one after another, and each goes off before long."""
    starts_at = now() + timedelta(seconds=1 + number * APART_S)
    wish = LayerWish(
        scope=LayerScope.EVERYBODY,
        parts=LayerParts(text=LocalText(ru=f"Час {number}", en=f"Hour {number}")),
        starts_at=starts_at.replace(microsecond=0) + timedelta(seconds=1),
        ends_at=starts_at + timedelta(seconds=3),
    )
    return await PutLayer(store, now, chance)(programme, f"hour-{number}", wish)


async def _until_over(store: Store) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await store.reading.layers.next_turn() is not None:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _heard(store: Store) -> AsyncIterator[list[dict[str, Any]]]:
    """Collect everything told of looks, as it enters the outbox."""
    told: list[dict[str, Any]] = []
    wanted = [{"$match": {"operationType": "insert", "fullDocument.kind": "LookChanged"}}]
    async with await store.database["outbox"].watch(wanted) as changes:

        async def listen() -> None:
            async for change in changes:
                told.append(change["fullDocument"]["payload"])  # noqa: PERF401 - heard one by one, for as long as it lasts

        listening = asyncio.create_task(listen())
        yield told
        await asyncio.sleep(1)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
