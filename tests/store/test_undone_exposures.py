"""What is taken back is not learned from: the log keeps what was drawn, the night and the reports leave it out."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from offers.store.store import Store
from service.night.exposures import read_campaign
from tests.clock import SettableClock
from tests.personal_house import open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEMBERS = 40
CAMPAIGN = "personal:win-back"


async def test_a_run_that_was_taken_back_is_left_out_whole(store: Store, clock: SettableClock, tmp_path: Path) -> None:
    house = await open_personal_house(store, clock)
    await house.people(MEMBERS)
    await house.templated()
    run = await house.rehearse()
    await house.issue(run.id)
    tomorrow, log = clock() + timedelta(days=1), tmp_path / "log.parquet"

    issued = await read_campaign(store, house.programme, CAMPAIGN, log, until=tomorrow)
    await house.undo(run.id)
    undone = await read_campaign(store, house.programme, CAMPAIGN, log, until=tomorrow)

    assert issued == run.rehearsal.decided > 0
    assert undone == pl.read_parquet(log).height == 0
    assert await store.database["exposures"].count_documents({"occurrence": run.id}) == issued
