"""The night shift on the real MongoDB: everybody scored, published all at once, yesterday's kept when it fails."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import pytest_asyncio

from offers.flows.publish_scores import PublishScores
from offers.model.scores import MemberScores, ReasonKind
from offers.model.scores_errors import ScoresIncomplete
from offers.store.scores import Scores
from offers.store.store import Store
from scoring.history.errors import CannotScore
from service.night.shift import Step
from tests.clock import SettableClock
from tests.ledger_house import open_ledger_house
from tests.score_house import AS_OF, ScoreHouse

MEMBERS = 240


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, tmp_path: Path) -> ScoreHouse:
    opened = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=tmp_path)
    await opened.open()
    return opened


async def scores_of(house: ScoreHouse, number: int) -> MemberScores:
    found = await house.store.reading.scores.of_member(house.programme.id, await house.member(number))
    assert found is not None
    return found


async def test_every_member_is_scored_and_the_faithful_are_told_from_the_lost(house: ScoreHouse) -> None:
    await house.fill(members=MEMBERS)

    report = await house.night()

    faithful, lost = await scores_of(house, 0), await scores_of(house, 1)
    assert (report.published, report.run.members, report.run.as_of) == (True, MEMBERS, AS_OF)
    assert faithful.buys_again_bp > 8_000
    assert lost.buys_again_bp < 1_000
    assert faithful.spend_minor > lost.spend_minor
    assert (faithful.daypart, faithful.favourites[0].category, faithful.favourites[0].is_discovery) == (
        *("morning", "coffee"),
        False,
    )
    assert lost.segment in {"lost", "sleeping", "slipping"}
    assert lost.cluster is not None
    assert lost.cluster != faithful.cluster
    assert {reason.kind for reason in lost.reasons} & {ReasonKind.SILENT, ReasonKind.OVERDUE, ReasonKind.RARE}
    assert list(house.folder.rglob("history*.parquet")) == [], "a finished night clears its work away"
    kept = await house.store.reading.scores.run(report.run.id)
    assert kept is not None
    told = {each.code: each.members for each in kept.segments}
    assert sum(members for code, members in told.items() if code.startswith("rfm:")) == MEMBERS
    assert sum(members for code, members in told.items() if code.startswith("cluster:")) == MEMBERS
    assert all(told[code] for each in (faithful, lost) for code in each.segments)


async def test_the_same_night_again_is_the_same_run_and_writes_nothing_new(house: ScoreHouse) -> None:
    await house.fill(members=60)
    first = await house.night()
    before = await scores_of(house, 0)

    again = await house.night()

    assert again.run.id == first.run.id
    assert await scores_of(house, 0) == before
    assert await house.store.database["scores"].count_documents({}) == 60


async def test_purchases_after_the_day_change_nothing(house: ScoreHouse) -> None:
    await house.fill(members=60)
    first = await house.night(AS_OF - timedelta(days=30))
    await house.store.database["receipts"].delete_many({"business_day": {"$gt": str(AS_OF - timedelta(days=30))}})

    without = await house.night(AS_OF - timedelta(days=30))

    assert without.run.id == first.run.id


async def test_what_came_back_and_what_was_voided_counts_for_nothing(house: ScoreHouse) -> None:
    await house.fill(members=60)
    member = await house.member(0)
    await house.store.database["receipts"].update_many({"member_id": member}, {"$set": {"state": "voided"}})

    report = await house.night()

    assert report.run.members == 59
    assert await house.store.reading.scores.of_member(house.programme.id, member) is None


async def test_a_night_that_fails_while_publishing_leaves_yesterdays_scores_and_is_gone_on_with(
    house: ScoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.fill(members=60)
    yesterday = await house.night(AS_OF - timedelta(days=1))

    async def lose_a_row(self: Scores, rows: Iterable[MemberScores]) -> None:
        await put(self, list(rows)[1:])

    put = Scores.put
    with monkeypatch.context() as broken:
        broken.setattr(Scores, "put", lose_a_row)
        with pytest.raises(ScoresIncomplete):
            await house.night()
    meanwhile = await scores_of(house, 0)
    steps: set[Step] = set()
    went_on = await house.night(steps=steps)

    assert meanwhile.run_id == yesterday.run.id
    assert (went_on.published, (await scores_of(house, 0)).run_id) == (True, went_on.run.id)
    assert steps == {Step.PUBLISH}, "what was read and scored was there to go on with"


async def test_a_night_goes_on_with_what_the_broken_one_had_read(house: ScoreHouse) -> None:
    await house.fill(members=60)
    bench = house.folder / house.programme.id / f"{AS_OF:%Y%m%d}-30-0"
    await house.night()
    bench.mkdir(parents=True)
    few = pl.DataFrame(
        {
            "member_id": ["m1", "m2"],
            "at": [date(2026, 1, 5), date(2026, 2, 5)],
            "amount": [100.0, 200.0],
        }
    ).with_columns(pl.col("at").cast(pl.Datetime("us", "UTC")))
    few.write_parquet(bench / "history.parquet")

    report = await house.night()

    assert report.run.members == 2


async def test_the_scores_of_an_earlier_day_do_not_replace_those_of_a_later_one(house: ScoreHouse) -> None:
    await house.fill(members=60)
    today = await house.night()

    late = await house.night(AS_OF - timedelta(days=5))

    assert not late.published
    assert (await scores_of(house, 0)).run_id == today.run.id


async def test_a_programme_without_purchases_is_told_what_to_do(house: ScoreHouse) -> None:
    with pytest.raises(CannotScore) as refusal:
        await house.night()

    assert "tessera import transactions" in refusal.value.text("ru")
    assert "no purchases yet" in refusal.value.text("en")


async def test_a_later_night_tells_whether_the_chances_came_true(house: ScoreHouse) -> None:
    await house.fill(members=MEMBERS)
    await house.night(AS_OF - timedelta(days=40))

    report = await house.night()

    assert report.drift is not None
    assert report.drift.age_days == 40
    assert report.drift.ece < 0.2
    assert report.run.retrain == report.drift.verdict.value


async def test_only_the_last_two_runs_keep_their_rows(house: ScoreHouse) -> None:
    await house.fill(members=30)
    for days in (4, 3, 2, 1):
        house.ledger.clock.move(timedelta(days=1))
        await house.night(AS_OF - timedelta(days=days))

    kept = await house.store.database["scores"].distinct("run_id")
    runs = await house.store.reading.scores.runs(house.programme.id)

    assert len(kept) == 2
    assert len(runs) == 4


async def test_publishing_twice_is_publishing_once(house: ScoreHouse) -> None:
    await house.fill(members=30)
    report = await house.night()
    rows = await house.store.reading.scores.page(report.run.id, limit=100)

    assert await PublishScores(house.store, house.ledger.clock)(report.run, rows)

    head = await house.store.reading.scores.published(house.programme.id)
    assert head is not None
    assert (head.run_id, head.before) == (report.run.id, None)
