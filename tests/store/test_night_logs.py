"""What a night reads of long logs, on the real MongoDB: no more than it learns from, of old members and new ones."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from offers.flows.log_exposures import LogExposures
from offers.model.condition import AllOf
from offers.model.exposure import NOTHING, ArmChance, Exposure
from offers.model.ids import MemberId, new_id
from offers.model.member import Member
from offers.model.programme import Language
from offers.store.codec import to_document
from offers.store.store import Store
from scoring.exposures.log import read_log
from scoring.exposures.outcomes import matured
from scoring.history.visits import day_number
from service.night import coupons, exposures
from tests.clock import SettableClock
from tests.ledger_house import ZONE, LedgerHouse, open_ledger_house
from tests.personal_house import PersonalHouse, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHANCES = (ArmChance(arm=NOTHING, chance=0.5), ArmChance(arm="coffee@1000", chance=0.5))
HORIZON_DAYS = 7
MOST = 300


async def members_of(house: LedgerHouse, count: int) -> list[MemberId]:
    """Members who enrolled one after another, a day apart."""
    chance = random.Random(1).randbytes  # noqa: S311 - the same members in every run
    found = [MemberId(new_id(house.clock() + timedelta(days=day), chance)) for day in range(count)]
    members = [
        Member(id=each, programme_id=house.programme.id, language=Language.EN, source="test", enrolled_at=house.clock())
        for each in found
    ]
    await house.store.database["members"].insert_many([to_document(each) for each in members])
    return found


async def draw(house: LedgerHouse, members: Sequence[MemberId], campaign: str, occurrence: str) -> None:
    await LogExposures(house.store)(
        [
            Exposure(
                programme_id=house.programme.id,
                member_id=member,
                campaign=campaign,
                occurrence=occurrence,
                policy="v1",
                arm=CHANCES[number % 2].arm,
                chances=CHANCES,
                at=house.clock(),
                horizon_days=HORIZON_DAYS,
            )
            for number, member in enumerate(members)
        ]
    )


async def read(house: LedgerHouse, folder: Path, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give what the night writes, and what of it is over on its day as the learning sees it."""
    path, day = folder / "log.parquet", as_of.astimezone(ZoneInfo(ZONE)).date()
    count = await exposures.read_latest(house.store, house.programme, path, as_of=day)
    rows = pl.read_parquet(path)
    assert rows.height == count
    return rows, matured(read_log(path, as_of=day, zone=ZONE), day_number(day))


async def test_a_night_reads_the_latest_draws_and_of_the_border_day_old_and_new_members(
    store: Store, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposures, "MOST_LEARNED", MOST)
    house = await open_ledger_house(store, clock)
    members = await members_of(house, 1_000)
    await draw(house, members[:50], "one", "long-ago")
    clock.move(timedelta(days=10))
    await draw(house, members, "one", "border")
    clock.move(timedelta(days=1))
    await draw(house, members[:100], "one", "later")
    over = clock.move(timedelta(days=HORIZON_DAYS - 1))
    await draw(house, members[:30], "one", "not-over")

    rows, ripe = await read(house, tmp_path, over)

    counts = dict(rows.group_by("occurrence").len().iter_rows())
    assert counts.keys() == {"border", "later"}
    assert counts["later"] == 100
    assert counts["border"] == pytest.approx(1.1 * (MOST - 100), abs=45)
    places = [members.index(MemberId(each)) for each in rows.filter(pl.col("occurrence") == "border")["member_id"]]
    assert sum(places) / len(places) == pytest.approx(500, abs=70)
    assert ripe.height == rows.height, "all of it is learned from"


async def test_a_night_reads_the_campaigns_drawn_for_last(
    store: Store, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposures, "MOST_CAMPAIGNS", 2)
    house = await open_ledger_house(store, clock)
    members = await members_of(house, 10)
    for campaign in ("b", "c", "a"):
        await draw(house, members, campaign, "o1")
        clock.move(timedelta(days=1))
    over = clock.move(timedelta(days=HORIZON_DAYS))
    await draw(house, members, "young", "o1")

    rows, _ = await read(house, tmp_path, over)
    nothing, _ = await read(house, tmp_path, over - timedelta(days=30))

    assert set(rows["campaign"]) == {"a", "c"}, "what is young teaches nothing yet, and takes nobody's place"
    assert nothing.height == 0


async def test_a_night_reads_coupons_from_the_latest_run_back(
    store: Store, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coupons, "MOST_LEARNED", 60)
    house = await open_personal_house(store, clock)
    people = await members_of(house, 120)
    runs = [await issued(house, people[:20]), await issued(house, people), await issued(house, people[:30])]
    clock.move(timedelta(days=15))
    await issued(house, people[:10])
    path = tmp_path / "coupons.parquet"

    await coupons.read_coupons(store, house.programme, path, until=clock())

    rows = pl.read_parquet(path)
    issue = {at: rows.filter(pl.col("at") == at)["member_id"].to_list() for at in rows["at"].unique().sort()}
    assert list(issue) == [runs[1], runs[2]], "the last one's are not over, the first one's are too old"
    border, last = issue.values()
    assert len(last) == 30
    assert len(border) == pytest.approx(30, abs=17)
    assert {people.index(MemberId(each)) > 60 for each in border} == {False, True}


async def issued(house: PersonalHouse, people: Sequence[MemberId]) -> datetime:
    """Score some members and give each of them a coupon of fourteen days; gives when."""
    house.chance = random.Random(str(house.clock())).randbytes  # noqa: S311 - the same dice in every run
    await house.templated(condition=AllOf(), holdout_bp=0, explore_bp=0, rest_days=0, live_days=14)
    row = {"buys_again_bp": 100, "purchases_centi": 50, "spend_minor": 9_000, "segment": "lost"}
    await house.scored(f"night-{house.clock():%Y%m%d%H%M}", [{**row, "member_id": each} for each in people])
    at = house.clock()
    assert (await house.issue((await house.rehearse()).id)).issued == len(people)
    house.clock.move(timedelta(days=1))
    return at
