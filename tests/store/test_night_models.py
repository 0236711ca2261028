"""Which model speaks, night after night, on the real MongoDB: kept, aged, asked for anew, and lost."""

from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from offers.store.store import Store
from scoring.kept.shelf import Shelf
from service.night.shift import NightReport
from tests.clock import SettableClock
from tests.ledger_house import open_ledger_house
from tests.score_house import AS_OF, ScoreHouse

MEMBERS = 80


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock, tmp_path: Path) -> ScoreHouse:
    opened = ScoreHouse(ledger=await open_ledger_house(store, clock), folder=tmp_path)
    await opened.open()
    await opened.fill(members=MEMBERS)
    return opened


def shelf_of(house: ScoreHouse) -> Shelf:
    return Shelf(house.folder / house.programme.id / "models")


async def night(house: ScoreHouse, days_ago: int, *, retrain: bool = False, model_days: int = 7) -> NightReport:
    return await house.night(AS_OF - timedelta(days=days_ago), retrain=retrain, model_days=model_days)


async def test_the_first_night_learns_the_next_only_scores_and_one_asked_to_learns_anew(house: ScoreHouse) -> None:
    first = await night(house, 1)

    second = await night(house, 0)
    asked = await night(house, 0, retrain=True)

    assert [each.run.training for each in (first, second, asked)] == ["first", "kept", "asked"]
    assert second.run.version == first.run.version != ""
    assert second.run.quality["auc"] == first.run.quality["auc"], "what is said of the model is what was found then"
    assert [each.version for each in shelf_of(house).all()] == [first.run.version, asked.run.version]
    assert len({each.run.id for each in (first, second, asked)}) == 3
    assert asked.published


async def test_a_model_as_old_as_allowed_is_replaced(house: ScoreHouse) -> None:
    first = await night(house, 3)

    aged = await night(house, 0, model_days=3)

    assert (first.run.training, aged.run.training) == ("first", "aged")
    assert aged.run.version != first.run.version


async def test_a_lost_or_broken_model_is_learned_anew_with_a_word(house: ScoreHouse) -> None:
    first = await night(house, 1)
    path = shelf_of(house).folder / f"{first.run.version}.model"
    path.write_bytes(path.read_bytes()[:100])

    second = await night(house, 0)

    assert (second.run.training, second.published) == ("unreadable", True)
    assert second.run.version != first.run.version


async def test_an_earlier_day_is_not_told_by_a_model_that_knows_the_later_one(house: ScoreHouse) -> None:
    today = await night(house, 0)

    past = await night(house, 20)

    assert past.run.training == "first"
    assert past.run.version != today.run.version


async def test_members_who_look_different_call_for_a_new_model(house: ScoreHouse) -> None:
    first = await night(house, 1)
    # Everybody but the lost stays away for a while: nobody was like that when the model was learned.
    await house.store.database["receipts"].delete_many({"business_day": {"$gt": str(AS_OF - timedelta(days=120))}})

    second = await night(house, 0)

    assert (first.run.training, second.run.training) == ("first", "members_changed")


async def test_chances_that_did_not_come_true_call_for_a_new_model(house: ScoreHouse) -> None:
    await night(house, 35)
    then = await night(house, 20, model_days=60, retrain=True)
    await house.store.database["receipts"].delete_many(
        {"business_day": {"$gt": str(AS_OF - timedelta(days=35)), "$lte": str(AS_OF - timedelta(days=5))}}
    )

    now = await night(house, 4, model_days=60)
    again = await night(house, 4, model_days=60)

    assert then.run.training == "asked"
    assert now.run.training == "chances_off"
    assert (again.run.training, again.run.id) == ("kept", now.run.id)
