"""Exposures through the API: pages that follow one another, counts beside what was expected, one's own programme."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest_asyncio

from offers.flows.log_exposures import LogExposures
from offers.model.exposure import NOTHING, ArmChance, Exposure
from offers.model.ids import MemberId, ProgrammeId
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import MembersDoor, open_members_door

PATH = "/v1/exposures?campaign=personal:win-back"


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, clock) as opened:
        await LogExposures(store)([drawn(opened, number) for number in range(5)])
        yield opened


def drawn(door: MembersDoor, number: int) -> Exposure:
    return Exposure(
        programme_id=door.programme.id,
        member_id=MemberId(f"m{number}"),
        campaign="personal:win-back",
        occurrence="2026-03-11",
        policy="v3",
        arm=NOTHING if number == 0 else "coffee@1000",
        chances=(ArmChance(arm=NOTHING, chance=0.4), ArmChance(arm="coffee@1000", chance=0.6)),
        at=datetime(2026, 3, 11, 14, 30, tzinfo=UTC),
        horizon_days=30,
        held_out=number == 0,
    )


async def test_an_auditor_reads_every_draw_page_by_page(door: MembersDoor) -> None:
    status, first = await door.as_olga("GET", f"{PATH}&limit=3")
    _, second = await door.as_olga("GET", f"{PATH}&limit=3&after={first['next_after']}")
    _, nothing = await door.as_olga("GET", f"{PATH}&arm=nothing")

    assert status == 200
    assert first["exposures"][0] == {
        "key": "personal:win-back|2026-03-11|m0",
        "member": "m0",
        "campaign": "personal:win-back",
        "occurrence": "2026-03-11",
        "policy": "v3",
        "arm": "nothing",
        "chances": {"nothing": 0.4, "coffee@1000": 0.6},
        "at": "2026-03-11T14:30:00.000Z",
        "horizon_days": 30,
        "explored": False,
        "held_out": True,
    }
    assert [each["member"] for each in [*first["exposures"], *second["exposures"]]] == ["m0", "m1", "m2", "m3", "m4"]
    assert second["next_after"] is None
    assert [each["member"] for each in nothing["exposures"]] == ["m0"]


async def test_arms_are_counted_beside_what_their_chances_expected(door: MembersDoor) -> None:
    _, told = await door.as_olga("GET", "/v1/exposures/arms")

    assert [(each["arm"], each["members"], each["expected"]) for each in told["arms"]] == [
        ("coffee@1000", 4, 3.0),
        ("nothing", 1, 2.0),
    ]


async def test_exposures_are_the_offices_alone_and_of_its_own_programme(door: MembersDoor) -> None:
    elsewhere = replace(drawn(door, 9), programme_id=ProgrammeId("another"))
    await LogExposures(door.store)([elsewhere])

    _, told = await door.as_olga("GET", PATH)
    wrong = await door.as_olga("GET", "/v1/exposures")
    many = await door.as_olga("GET", f"{PATH}&limit=1001")

    assert "m9" not in [each["member"] for each in told["exposures"]]
    assert (await door.as_till("GET", PATH))[0] == 403
    assert (wrong[0], wrong[1]["code"]) == (422, "invalid_body")
    assert (many[0], many[1]["code"]) == (422, "invalid_body")
