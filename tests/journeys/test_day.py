"""A small programme's day, told in simulated time by the bench's own story: what holds for 200,000 cards holds here."""

from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from bench.day.people import Scale
from bench.day.story import Day, lost_states, tell_a_day
from bench.day.virtual_time import OpenQuestions
from offers.store.store import Store
from service.cancellation import keep_cancellations

SCALE = Scale(google=80, apple=80, purchases=40, segment=60)


@pytest.mark.timeout(300)
async def test_a_day_keeps_the_quotas_and_loses_no_state(
    mongo_uri: str, database: AsyncDatabase[dict[str, Any]]
) -> None:
    keep_cancellations()
    questions = OpenQuestions()
    async with AsyncMongoClient[dict[str, Any]](mongo_uri, tz_aware=True, event_listeners=[questions]) as client:
        day = await tell_a_day(Store(client, database.name), questions, SCALE, seed=7, bulk_per_s=20.0)
        lost = await lost_states(day)

    assert lost == []
    check_google(day)
    check_apple(day)
    took_s = [each for wallet in day.balances.took_s.values() for each in wallet]
    assert len(took_s) >= SCALE.purchases - len(day.world.apple.gone)
    assert sorted(took_s)[int(len(took_s) * 0.99)] < 10.0


def check_google(day: Day) -> None:
    google = day.world.google
    assert (google.rate_breaches, google.ring_breaches) == (0, 0)
    assert google.most_in_a_second > 5  # the segment's banner was as fast as it might be
    happy = [at for at in google.class_patches if 10 * 3_600 <= at < 12 * 3_600 + 120]
    assert 2 <= len(happy) <= 4  # one when it began, one when it was over, and what a 429 cost
    assert google.rung > 0


def check_apple(day: Day) -> None:
    apple = day.world.apple
    gone = {int(each, 16) for each in apple.gone}
    assert day.balances.owed(gone) == 0
    assert apple.pushed_while_gone == 0
    everybody = SCALE.apple - len(gone)
    assert everybody <= len(apple.pushes) <= SCALE.apple
