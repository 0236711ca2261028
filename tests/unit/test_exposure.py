"""Exposures: a draw that could not have been made is no exposure."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offers.model.exposure import MOST_ARMS, NOTHING, ArmChance, Exposure, arm_of
from offers.model.ids import MemberId, ProgrammeId

DRAWN = Exposure(
    programme_id=ProgrammeId("p1"),
    member_id=MemberId("m1"),
    campaign="personal:win-back",
    occurrence="2026-11-21",
    policy="v3",
    arm="coffee@1000",
    chances=(
        ArmChance(arm=NOTHING, chance=0.2),
        ArmChance(arm="coffee@1000", chance=0.7),
        ArmChance(arm="coffee@2000", chance=0.1),
    ),
    at=datetime(2026, 11, 21, 3, tzinfo=UTC),
    horizon_days=30,
)


def test_a_draw_is_named_by_campaign_occurrence_and_member() -> None:
    assert DRAWN.key == "personal:win-back|2026-11-21|m1"
    assert replace(DRAWN, arm=NOTHING, policy="v4").key == DRAWN.key
    assert replace(DRAWN, member_id=MemberId("m2")).key != DRAWN.key


def test_the_propensity_is_the_chance_of_the_arm_that_was_drawn() -> None:
    assert DRAWN.propensity == 0.7
    assert replace(DRAWN, arm=NOTHING).propensity == 0.2
    assert DRAWN.chance_of("tea@500") == 0
    assert arm_of("coffee", 1_000) == DRAWN.arm


@pytest.mark.parametrize(
    "wrong",
    [
        {"arm": "tea@500"},
        {"arm": "coffee@1000", "held_out": True},
        {"campaign": ""},
        {"campaign": "a|b"},
        {"occurrence": "two words"},
        {"horizon_days": 0},
        {"horizon_days": 366},
        {"chances": (ArmChance(arm="coffee@1000", chance=1.0),)},
        {"chances": (ArmChance(arm="coffee@1000", chance=0.5), ArmChance(arm="coffee@2000", chance=0.5))},
        {"chances": (ArmChance(arm="coffee@1000", chance=0.5), ArmChance(arm=NOTHING, chance=0.4))},
        {"chances": (ArmChance(arm="coffee@1000", chance=0.0), ArmChance(arm=NOTHING, chance=1.0))},
        {"chances": (ArmChance(arm="coffee@1000", chance=1.5), ArmChance(arm=NOTHING, chance=-0.5))},
        {"chances": (ArmChance(arm="coffee@1000", chance=float("nan")), ArmChance(arm=NOTHING, chance=1.0))},
        {"chances": (ArmChance(arm=NOTHING, chance=0.5), ArmChance(arm=NOTHING, chance=0.5)), "arm": NOTHING},
        {"chances": tuple(ArmChance(arm=f"a@{n}", chance=0.0) for n in range(MOST_ARMS)) + DRAWN.chances},
    ],
)
def test_a_draw_that_could_not_have_been_made_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(DRAWN, **wrong)  # type: ignore[arg-type]  # a test names the fields it means
