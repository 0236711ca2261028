"""`tessera score --dask` from MongoDB: killed itself, then a worker of its cluster, and the scores of one process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from offers.store.store import Store
from tests.clock import SettableClock
from tests.commands import started
from tests.dask_cluster import Cluster, opened_cluster
from tests.ledger_house import open_ledger_house
from tests.score_house import AS_OF, ScoreHouse

MEMBERS = 160
PATIENCE_S = 200.0
"""The survivor waits for its dead companion before it works on, and the night for the survivor."""
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, tmp_path: Path) -> ScoreHouse:
    opened = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=tmp_path / "alone")
    await opened.open()
    await opened.fill(members=MEMBERS)
    return opened


@pytest_asyncio.fixture(loop_scope="session")
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with opened_cluster(tmp_path) as opened:
        yield opened


async def published(house: ScoreHouse) -> list[dict[str, Any]]:
    """Give the rows that everybody reads, in order of member, with the run they are of."""
    head = await house.store.reading.scores.published(house.programme.id)
    assert head is not None
    rows = house.store.database["scores"].find({"run_id": head.run_id}, {"_id": 0}).sort("member_id")
    return await rows.to_list()


@pytest.mark.timeout(300)
async def test_a_night_on_a_cluster_outlives_kills_and_publishes_the_scores_of_one_process(
    house: ScoreHouse, cluster: Cluster, mongo_uri: str, tmp_path: Path
) -> None:
    settings = {
        "TESSERA_MONGO__URI": mongo_uri,
        "TESSERA_MONGO__DATABASE": house.store.database.name,
        "TESSERA_DATA_FOLDER": str(tmp_path / "many"),
    }
    asked = ("score", "--programme", house.programme.slug, "--as-of", f"{AS_OF}", "--threads", "1")
    command = (*asked, "--dask", cluster.address)
    async with started(*command, folder=tmp_path, settings=settings) as killed:
        await cluster.until_trees_grow()
        killed.process.kill()
    assert await house.store.reading.scores.published(house.programme.id) is None

    async with started(*command, folder=tmp_path, settings=settings) as night:
        await cluster.until_trees_grow()
        cluster.workers[0].kill()
        async with asyncio.timeout(PATIENCE_S):
            code = await night.process.wait()

    assert (code, f"{MEMBERS} members scored" in night.output) == (0, True), night.output
    on_cluster = await published(house)
    for name in ("scores", "score_runs", "score_heads"):
        await house.store.database[name].delete_many({})
    await house.night()
    assert on_cluster == await published(house)
