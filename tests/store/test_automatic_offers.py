"""Personal offers by themselves: issued after a night's scores while they are like the last ones, else they wait."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.model.offer import OfferState
from offers.model.personal import Automatic
from offers.model.personal_run import GroupSpread, PersonalRun, PersonalRunId, RunState
from offers.store.store import Store
from service.personal.automatic import NIGHT, Done, IssueAutomatically, waits_for
from tests.clock import SettableClock
from tests.personal_house import PersonalHouse, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
AUTOMATIC = Automatic(most_growth_bp=2_500)


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> PersonalHouse:
    opened = await open_personal_house(store, clock)
    await opened.people(60)
    return opened


async def night(house: PersonalHouse) -> list[Done]:
    flow = IssueAutomatically(house.store, house.clock, secrets.token_bytes)
    return [done async for done in flow(house.programme)]


async def the_run(house: PersonalHouse) -> PersonalRun:
    (done,) = await night(house)
    assert done.run is not None
    return done.run


async def test_the_first_time_a_person_has_to_look(house: PersonalHouse) -> None:
    await house.templated(automatic=AUTOMATIC)

    waiting = await the_run(house)
    again = await the_run(house)
    issued = await house.issue(waiting.id)

    assert (waiting.state, waiting.waits_for, waiting.staff_id) == (RunState.WAITING, "first", NIGHT)
    assert again.id == waiting.id
    assert (issued.state, issued.staff_id != NIGHT) == (RunState.ISSUED, True)
    assert issued.issued > 0


async def test_after_that_it_is_issued_once_a_night(house: PersonalHouse) -> None:
    await house.templated(automatic=AUTOMATIC, explore_bp=0)
    await house.issue((await house.rehearse()).id)
    house.clock.move(timedelta(days=31))

    first, again = await the_run(house), await the_run(house)

    assert (first.state, first.waits_for, first.staff_id) == (RunState.ISSUED, "", NIGHT)
    assert first.issued > 0
    assert again == first


async def test_a_changed_template_waits_again(house: PersonalHouse) -> None:
    await house.templated(automatic=AUTOMATIC)
    issued = await house.issue((await house.rehearse()).id)
    await house.templated(automatic=AUTOMATIC, live_days=7)

    run = await the_run(house)

    assert (run.state, run.waits_for) == (RunState.WAITING, "version")
    assert len(await house.coupons()) == issued.issued


async def test_one_template_that_cannot_be_decided_keeps_no_other_from_it(house: PersonalHouse) -> None:
    await house.templated(
        code="a-poor-one", id="p1.a-poor-one", automatic=AUTOMATIC, budget_minor=1, explore_bp=10_000, holdout_bp=0
    )
    await house.templated(automatic=AUTOMATIC)
    await house.templated(code="by-hand", id="p1.by-hand")
    await house.templated(code="paused", id="p1.paused", automatic=AUTOMATIC, state=OfferState.PAUSED)

    poor, good = await night(house)

    assert poor.refusal is not None
    assert poor.refusal.code == "cannot_decide"
    assert good.run is not None
    assert good.run.waits_for == "first"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"cost_minor": 124}, ""),
        ({"cost_minor": 126}, "cost"),
        ({"cost_minor": 1}, ""),
        ({"reach": 13}, "reach"),
        ({"reach": 4}, "few"),
        ({"groups": (GroupSpread(group="g", gap_bp=300, low_bp=250, high_bp=350, is_wide=True),)}, "gap"),
    ],
)
async def test_what_is_larger_or_uneven_waits(house: PersonalHouse, changes: dict[str, Any], why: str) -> None:
    await house.templated()
    rehearsed = await house.rehearse()
    level = rehearsed.rehearsal.reach[1]
    before = _with(rehearsed, reach=(replace(level, members=10),), cost_minor=100, groups=())
    reach = (replace(level, members=changes.pop("reach", 10)),)
    now = _with(before, **{"reach": reach, **changes})

    assert waits_for(Automatic(most_growth_bp=2_500, least_members=5), now, before) == why
    assert waits_for(AUTOMATIC, replace(now, version=2), before) == "version"
    assert waits_for(AUTOMATIC, now, None) == "first"


def _with(run: PersonalRun, **fields: Any) -> PersonalRun:
    return replace(run, id=PersonalRunId("r"), rehearsal=replace(run.rehearsal, **fields))
