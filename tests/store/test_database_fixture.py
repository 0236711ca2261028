"""What the tests on MongoDB stand on: an empty database with its indexes, for each of them."""

from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.indexes import INDEXES
from offers.store.store import Store


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_every_test_finds_the_database_empty_and_indexed(
    store: Store, database: AsyncDatabase[dict[str, Any]], turn: str
) -> None:
    assert await database["members"].count_documents({}) == 0
    assert set(INDEXES) <= set(await store.database.list_collection_names())
    assert len(await database["members"].index_information()) == len(INDEXES["members"]) + 1

    await database["members"].insert_one({"_id": turn, "programme_id": "left behind"})


async def test_a_worker_has_a_database_of_its_own(database: AsyncDatabase[dict[str, Any]], worker_id: str) -> None:
    assert database.name == f"tessera_test_{worker_id}"
