"""The API of personal offers: templates with faults that point at the field, dry runs, issuing and taking back."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio

from offers.flows.publish_scores import PublishScores
from offers.model.coupon_lesson import CouponLesson, TemplateUse
from offers.model.ids import MemberId
from offers.model.scores import MemberScores, ScoreRun, ScoreRunId
from offers.store.store import Store
from tests.clock import SettableClock
from tests.limits_door import LimitsDoor, open_limits_door

TEMPLATES, RUNS = "/v1/personal-offers/templates", "/v1/personal-offers/runs"


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, clock) as opened:
        yield opened


def template(code: str = "win-back", **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": {"ru": "Возвращайтесь", "en": "Come back"},
        "when": [{"segment": ["rfm:sleeping"]}],
        "benefit": {"percent": {"rates_bp": [500, 1_000]}},
        "budget_minor": 1_000_000,
        "guardrails": {"margin_bp": 6_000, "margin_floor_bp": 2_000},
        "holdout_bp": 0,
        "explore_bp": 0,
        **fields,
    }


async def scored(door: LimitsDoor, store: Store, clock: SettableClock, *, coupons: CouponLesson | None = None) -> None:
    run = ScoreRun(
        id=ScoreRunId("night-1"),
        programme_id=door.opened.programme.id,
        as_of=date(2026, 3, 13),
        horizon_days=30,
        model="rfm",
        fingerprint="f",
        members=1,
        made_at=datetime(2026, 3, 14, tzinfo=UTC),
        coupons=coupons,
    )
    row = MemberScores(
        run_id=run.id,
        member_id=MemberId(door.member),
        programme_id=run.programme_id,
        buys_again_bp=1_000,
        purchases_centi=50,
        spend_minor=20_000,
        segment="sleeping",
        uses_coupon_bp=5_000 if coupons else None,
    )
    assert await PublishScores(store, clock)(run, [row])


async def test_templates_are_kept_in_versions(door: LimitsDoor) -> None:
    added = await door.as_operator("POST", TEMPLATES, json=template())
    twice = await door.as_operator("POST", TEMPLATES, json=template())
    patched = await door.as_operator("PATCH", f"{TEMPLATES}/win-back", json={"budget_minor": 5})
    stale = await door.as_operator("DELETE", f"{TEMPLATES}/win-back", headers={"If-Match": '"1"'})
    paused = await door.as_operator("POST", f"{TEMPLATES}/win-back/pause")
    versions = (await door.as_operator("GET", f"{TEMPLATES}/win-back/versions"))[1]["versions"]
    first = await door.as_operator("GET", f"{TEMPLATES}/win-back/versions/1")

    assert (added[0], added[1]["version"], added[1]["state"]) == (201, 1, "active")
    assert (twice[0], twice[1]["code"]) == (409, "slug_taken")
    assert (patched[0], patched[1]["version"], patched[1]["budget_minor"]) == (200, 2, 5)
    assert (stale[0], stale[1]["code"]) == (412, "version_conflict")
    assert (paused[1]["version"], paused[1]["state"]) == (3, "paused")
    assert [version["version"] for version in versions] == [3, 2, 1]
    assert first[1]["template"]["budget_minor"] == 1_000_000
    assert [each["code"] for each in (await door.as_operator("GET", TEMPLATES))[1]["templates"]] == ["win-back"]


async def test_templates_stand_in_the_rulebook_text(door: LimitsDoor) -> None:
    await door.as_operator("POST", TEMPLATES, json=template())
    _, whole = await door.as_operator("GET", "/v1/rulebook")

    status, change = await door.as_operator(
        "PUT", "/v1/rulebook", json={**whole, "personal_offers": [template(budget_minor=7)]}
    )

    assert whole["personal_offers"][0]["code"] == "win-back"
    assert (status, [part["name"] for part in change["parts"]]) == (200, ["personal_offers"])
    assert (await door.as_operator("GET", f"{TEMPLATES}/win-back"))[1]["budget_minor"] == 7


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"benefit": {"percent": {"rates_bp": [500, 4_000]}}}, "/benefit/percent/rates_bp/1", "deepest"),
        ({"when": [{"segment": ["gender:female"]}]}, "/when/0/segment/0", "protected"),
        ({"when": [{"segment": ["rfm:lost", "rfm:gone"]}]}, "/when/0/segment/1", "there are: rfm:champions"),
        ({"when": [{"segment": ["cluster:"]}]}, "/when/0/segment/0", "GET /v1/scores/segments"),
        ({"guardrails": {}}, "/guardrails/margin_bp", "has to stand here"),
        ({"live_days": 0}, "/live_days", "at least 1"),
        ({"benefit": {"percent": {"rates_bp": []}}}, "/benefit/percent/rates_bp", "at least 1"),
        ({"budget_period": "century"}, "/budget_period", "one of"),
    ],
)
async def test_a_fault_of_a_template_points_at_its_field(
    door: LimitsDoor, changes: dict[str, Any], pointer: str, words: str
) -> None:
    status, refused = await door.as_operator("POST", TEMPLATES, json=template(**changes))

    assert (status, refused["code"]) == (422, "invalid_body")
    assert (pointer, True) in [(error["pointer"], words in error["detail"]) for error in refused["errors"]]


async def test_a_dry_run_tells_on_how_many_occasions_a_coupon_is_expected_to_be_used(
    door: LimitsDoor, store: Store, clock: SettableClock
) -> None:
    await door.as_operator("POST", TEMPLATES, json=template())
    own = TemplateUse(template="win-back", coupons=300, occasions=250, used=120, shift=0.0, error=0.2)
    lesson = CouponLesson(coupons=400, occasions=330, used=160, needed=200, least_depth_bp=500, templates=(own,))
    await scored(door, store, clock)
    always = (await door.as_operator("POST", f"{TEMPLATES}/win-back/dry-run"))[1]["rehearsal"]
    await store.database["scores"].delete_many({})
    await scored(door, store, clock, coupons=lesson)

    sometimes = (await door.as_operator("POST", f"{TEMPLATES}/win-back/dry-run"))[1]["rehearsal"]

    assert (always["use"], always["expected_minor"]) == (None, always["cost_minor"])
    assert sometimes["use"] == {"share_bp": 5_000, "reckoned_bp": 5_498, "coupons": 400, "own_coupons": 300}
    assert sometimes["expected_minor"] == pytest.approx(always["cost_minor"] * 0.5, abs=1)
    assert sometimes["cost_minor"] == pytest.approx(always["cost_minor"] * 0.5498, abs=1)
    line = sometimes["sample"][0]["reason"]
    assert line["en"].endswith("It is expected to be used on 50% of its occasions, learned from 400 coupons.")
    assert "nothing is learned of its use yet" in always["sample"][0]["reason"]["en"]
    assert line["ru"].endswith("это известно по 400 купонам.")


async def test_a_run_is_rehearsed_issued_and_taken_back(door: LimitsDoor, store: Store, clock: SettableClock) -> None:
    await door.as_operator("POST", TEMPLATES, json=template())
    await scored(door, store, clock)

    status, run = await door.as_operator("POST", f"{TEMPLATES}/win-back/dry-run")
    issued = await door.as_operator("POST", f"{RUNS}/{run['id']}/issue")
    coupons = (await door.as_operator("GET", f"/v1/coupons?member={door.member}"))[1]["coupons"]
    undone = await door.as_operator("POST", f"{RUNS}/{run['id']}/undo")
    late = await door.as_operator("POST", f"{RUNS}/{run['id']}/issue")

    assert (status, run["state"], run["rehearsal"]["decided"]) == (201, "rehearsed", 1)
    assert run["rehearsal"]["sample"][0]["reason"]["ru"].startswith("−5 %")
    assert run["rehearsal"]["margin_minor"] == {"low": -run["rehearsal"]["cost_minor"], "expected": None, "high": None}
    assert (issued[0], issued[1]["state"], issued[1]["progress"]["issued"]) == (200, "issued", 1)
    assert [(each["title"]["en"], each["benefit"], each["reason"]["en"]) for each in coupons] == [
        ("Come back: −5 %", {"percent": {"bp": 500}}, "We have missed you.")
    ]
    assert (undone[1]["state"], undone[1]["progress"]["taken_back"]) == ("undone", 1)
    assert (late[0], late[1]["code"], late[1]["why"]) == (409, "dry_run_outdated", "state")
    assert [each["id"] for each in (await door.as_operator("GET", f"{RUNS}?template=win-back"))[1]["runs"]] == [
        run["id"]
    ]


async def test_what_is_not_there_is_refused(door: LimitsDoor) -> None:
    await door.as_operator("POST", TEMPLATES, json=template())

    nobody = await door.as_operator("POST", f"{TEMPLATES}/win-back/dry-run")
    unknown = await door.as_operator("POST", f"{TEMPLATES}/nothing/dry-run")
    no_run = await door.as_operator("GET", f"{RUNS}/nothing")
    at_a_till = await door.as_till("POST", f"{TEMPLATES}/win-back/dry-run")

    assert [each[1]["code"] for each in (nobody, unknown, no_run, at_a_till)] == [
        "no_scores",
        "unknown_template",
        "unknown_personal_run",
        "wrong_scope",
    ]
