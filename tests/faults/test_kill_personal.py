"""`kill -9` of `tessera personal issue`, begun again each time: nobody gets two coupons, and nobody is forgotten."""

import asyncio
import random
import secrets
import signal
from collections import Counter
from pathlib import Path

import pytest

from offers.flows.open_programme import OpenProgramme
from offers.model.personal_run import RunState
from service.now import chance, now
from service.personal.rehearse import RehearsePersonal
from tests.clock import SettableClock
from tests.commands import said_by, started
from tests.faults.impatient_mongo import Mongo
from tests.personal_house import STAFF, PersonalHouse, member_id
from tests.till_door import COFFEE

KILLS, MEMBERS = 2, 6_000


@pytest.mark.timeout(300)
async def test_killed_while_issuing_it_goes_on_and_each_member_gets_what_was_rehearsed(
    mongo: Mongo, tmp_path: Path
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    dice = random.Random(seed)  # noqa: S311 - chooses when to kill
    store = mongo.store
    programme = (await OpenProgramme(store, now, chance)(COFFEE)).programme
    house = PersonalHouse(store, SettableClock(now()), programme)
    await house.people(MEMBERS)
    await house.templated(budget_minor=10**9)
    run = await RehearsePersonal(store, now, chance)(programme, "win-back", staff_id=STAFF)
    settings = {"TESSERA_MONGO__URI": mongo.uri, "TESSERA_MONGO__DATABASE": store.database.name}
    command = ("personal", "issue", run.id, "--yes")

    half_done = []
    for kill in range(KILLS):
        async with started(*command, folder=tmp_path, settings=settings) as process:
            await _until_logged(house, run.id, least=(kill + 1) * 800 + dice.randrange(400))
            assert await process.end(signal.SIGKILL) == -signal.SIGKILL
        half_done.append(await store.database["coupons"].count_documents({}))
    code, said = await said_by(*command, folder=tmp_path, settings=settings)
    assert code == 0, said

    after = await store.reading.personal.run(run.id)
    assert after is not None
    assert after.state is RunState.ISSUED
    picks = await store.reading.personal.picks(run.id, after=member_id(0), limit=MEMBERS)
    wanted = {pick.member_id for pick in picks if pick.option}
    owners = Counter([document["owner"] async for document in store.database["coupons"].find({}, {"owner": 1})])
    assert 0 < half_done[0] < half_done[-1] < len(wanted)
    assert set(owners) == wanted
    assert set(owners.values()) == {1}
    assert after.issued == len(wanted)
    logged = [document["member_id"] async for document in store.database["exposures"].find({}, {"member_id": 1})]
    assert sorted(logged) == sorted(pick.member_id for pick in picks)
    (spend,) = await store.database["personal_spends"].find().to_list()
    assert spend["minor"] == after.committed_minor == sum(pick.cost_minor for pick in picks)
    told = await store.database["outbox"].count_documents({"kind": "CouponGranted"})
    assert told == len(wanted)


async def _until_logged(house: PersonalHouse, run_id: str, *, least: int) -> None:
    exposures = house.store.database["exposures"]
    async with asyncio.timeout(120):
        while await exposures.count_documents({"occurrence": run_id}) < least:
            await asyncio.sleep(0.01)
