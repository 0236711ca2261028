"""The office on its members through the API: balances, transfers, adjustments by two, merges, own terms."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.engine.audit_chain import BEGINNING, follows
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import NOBODY, MembersDoor, open_members_door

GIFT = {"points": 300, "reason": "a cold coffee"}


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, clock) as opened:
        yield opened


async def give(door: MembersDoor, points: int = 300, **changes: Any) -> tuple[int, Any]:
    body = {**GIFT, "points": points}
    return await door.as_olga("POST", door.path("adjustments"), json=body, **{"once": f"gift-{points}", **changes})


async def balance(door: MembersDoor, who: Any = None) -> int:
    status, told = await door.as_olga("GET", door.path("balances", who))
    assert status == 200
    return int(told["accounts"][0]["balance"])


async def test_an_adjustment_is_made_once_and_shows_in_the_balance_and_its_lots(
    door: MembersDoor, clock: SettableClock
) -> None:
    status, given = await give(door)
    again = await give(door)
    reused = await give(door, points=5, once="gift-300")

    _, told = await door.as_olga("GET", door.path("balances"))
    (points,) = told["accounts"]
    assert (status, given["state"], given["points"], given["reason"]) == (201, "applied", 300, "a cold coffee")
    assert again == (status, given)
    assert (reused[0], reused[1]["code"]) == (422, "movement_key_reused")
    assert (points["currency"], points["balance"], points["free"], points["pending"]) == ("points", 300, 300, 0)
    assert [(lot["id"], lot["remaining"]) for lot in points["lots"]] == [(given["id"], 300)]
    clock.move(timedelta(days=400))
    assert await balance(door) == 0, "they ran out, though nobody swept"


async def test_above_the_limit_a_second_person_approves(door: MembersDoor) -> None:
    status, asked = await give(door, points=5_000)
    approve = f"/v1/adjustments/{asked['id']}/approve"

    _, listed = await door.as_ivan("GET", "/v1/adjustments")
    alone = await door.as_olga("POST", approve)
    before = await balance(door)
    done = await door.as_ivan("POST", approve)
    twice = await door.as_ivan("POST", approve)
    late = await door.as_ivan("POST", f"/v1/adjustments/{asked['id']}/refuse")

    assert (status, asked["state"], before) == (202, "waiting", 0)
    assert [each["id"] for each in listed["adjustments"]] == [asked["id"]]
    assert (alone[0], alone[1]["code"]) == (403, "second_person_needed")
    assert (done[0], done[1]["state"]) == (200, "applied")
    assert done[1]["asked_by"] != done[1]["decided_by"]
    assert twice == done
    assert (late[0], late[1]["code"]) == (409, "adjustment_closed")
    assert await balance(door) == 5_000


async def test_what_waits_may_be_refused(door: MembersDoor) -> None:
    _, asked = await give(door, points=5_000)

    refused = await door.as_olga("POST", f"/v1/adjustments/{asked['id']}/refuse")

    assert (refused[0], refused[1]["state"], await balance(door)) == (200, "refused", 0)
    assert (await door.as_olga("POST", "/v1/adjustments/nothing/approve"))[1]["code"] == "unknown_adjustment"


async def test_points_are_handed_on_once(door: MembersDoor) -> None:
    await give(door)
    body = {"to": door.boris.member.id, "points": 120}

    status, moved = await door.as_olga("POST", door.path("transfers"), json=body, once="t-1")
    again = await door.as_olga("POST", door.path("transfers"), json=body, once="t-1")

    assert (status, moved["movement"]["points"], moved["movement"]["balance"]) == (201, -120, 180)
    assert again == (status, moved)
    assert (await balance(door), await balance(door, door.boris)) == (180, 120)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"to": NOBODY}, "unknown_member", "/to"),
        ({"points": 301}, "not_enough_points", "/points"),
        ({"points": 501}, "transfer_limit", "/points"),
    ],
)
async def test_a_refused_transfer_points_at_its_field(
    door: MembersDoor, change: dict[str, Any], code: str, field: str
) -> None:
    await give(door)
    body = {"to": door.boris.member.id, "points": 1, **change}

    _, problem = await door.as_olga("POST", door.path("transfers"), json=body, once="t-1")

    assert (problem["code"], problem["field"]) == (code, field)


async def test_nobody_hands_points_to_themselves(door: MembersDoor) -> None:
    await give(door)

    status, problem = await door.as_olga(
        "POST", door.path("transfers"), json={"to": door.anna.member.id, "points": 1}, once="t-1"
    )

    assert (status, problem["code"], problem["field"]) == (422, "same_member", "/to")


async def test_two_enrolments_become_one_and_two_again(door: MembersDoor) -> None:
    await give(door)
    body = {"survivor": door.boris.member.id, "merged": door.anna.member.id, "reason": "one person"}

    status, merged = await door.as_olga("POST", "/v1/merges", json=body)
    again = await door.as_ivan("POST", "/v1/merges", json=body)
    together = (await balance(door, door.boris), await balance(door))
    parted = await door.as_ivan("POST", f"/v1/merges/{merged['id']}/undo")
    twice = await door.as_olga("POST", f"/v1/merges/{merged['id']}/undo")

    assert (status, merged["cards"], again) == (201, 1, (201, merged))
    assert together == (300, 300), "whoever asks for the merged member is told of the survivor"
    assert (parted[0], parted[1]["parted_at"] is not None, twice) == (200, True, parted)
    assert (await balance(door, door.boris), await balance(door)) == (0, 300)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"survivor": NOBODY}, "unknown_member", "/survivor"),
        ({"merged": NOBODY}, "unknown_member", "/merged"),
    ],
)
async def test_a_refused_merge_points_at_its_field(
    door: MembersDoor, change: dict[str, Any], code: str, field: str
) -> None:
    body = {"survivor": door.anna.member.id, "merged": door.boris.member.id, "reason": "one person", **change}

    status, problem = await door.as_olga("POST", "/v1/merges", json=body)

    assert (status, problem["code"], problem["field"]) == (404, code, field)
    assert (await door.as_olga("POST", "/v1/merges/nothing/undo"))[1]["code"] == "unknown_merge"


async def test_own_terms_are_agreed_changed_ended_and_audited(door: MembersDoor, clock: SettableClock) -> None:
    until = (clock() + timedelta(days=30)).isoformat()
    path = door.path("own-terms")

    nothing = await door.as_olga("GET", path)
    agreed = await door.as_olga("PUT", path, json={"discount_bp": 1_500, "until": until})
    again = await door.as_olga("PUT", path, json={"discount_bp": 1_500, "until": until})
    seen = await door.as_ivan("GET", path)
    ended = [await door.as_ivan("DELETE", path) for _ in range(2)]

    assert nothing == (200, {"discount_bp": None, "accrual_bp": None, "until": None, "holds": False, "activity": None})
    assert (agreed[0], agreed[1]["discount_bp"], agreed[1]["accrual_bp"], agreed[1]["holds"]) == (
        200,
        1_500,
        None,
        True,
    )
    assert again == agreed == seen
    assert ended == [nothing, nothing]
    lines = [line async for line in door.store.reading.audit.lines(door.programme.id)]
    assert [(line.action, line.facts.get("discount_bp")) for line in lines] == [
        ("own_terms_agreed", 1_500),
        ("own_terms_ended", 1_500),
    ]
    assert lines[0].staff_id != lines[1].staff_id
    assert follows(lines[0], seq=0, previous=BEGINNING)


async def test_own_terms_that_are_over_already_are_refused(door: MembersDoor, clock: SettableClock) -> None:
    body = {"accrual_bp": 100, "until": clock().isoformat()}

    status, problem = await door.as_olga("PUT", door.path("own-terms"), json=body)

    assert (status, problem["code"], problem["field"]) == (422, "terms_ended", "/until")


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", "transfers", {"to": "short", "points": 1}, "/to"),
        ("POST", "transfers", {"to": NOBODY, "points": 0}, "/points"),
        ("POST", "adjustments", {"points": 0, "reason": "r"}, "/points"),
        ("POST", "adjustments", {"points": 1.5, "reason": "r"}, "/points"),
        ("POST", "adjustments", {"points": 1, "reason": " "}, "/reason"),
        ("POST", "adjustments", {"points": 1, "reason": "r" * 501}, "/reason"),
        ("PUT", "own-terms", {"discount_bp": 10_001}, "/discount_bp"),
        ("PUT", "own-terms", {"accrual_bp": -1}, "/accrual_bp"),
        ("PUT", "own-terms", {"accrual_bp": 1, "until": "tomorrow"}, "/until"),
        ("PUT", "own-terms", {}, "/"),
        ("PUT", "own-terms", {"discount_bp": 1, "colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_field_is_pointed_at(
    door: MembersDoor, method: str, path: str, body: dict[str, Any], pointer: str
) -> None:
    status, problem = await door.as_olga(method, door.path(path), json=body, once="k")

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def test_what_has_an_effect_asks_for_an_idempotency_key(door: MembersDoor) -> None:
    asked = [
        await door.as_olga("POST", door.path("transfers"), json={"to": NOBODY, "points": 1}),
        await door.as_olga("POST", door.path("adjustments"), json=GIFT),
        await door.as_till("POST", door.path("prepaid"), json={"amount_minor": 1}),
        await door.as_till("POST", door.path("prepaid/spend"), json={"amount_minor": 1}),
    ]

    assert {(status, problem["code"], problem["header"]) for status, problem in asked} == {
        (400, "bad_header", "Idempotency-Key")
    }


async def test_only_the_office_may(door: MembersDoor) -> None:
    asked = [
        await door.as_till("GET", door.path("balances")),
        await door.as_till("GET", door.path("own-terms")),
        await door.as_till("PUT", door.path("own-terms"), json={"discount_bp": 1}),
        await door.as_till("DELETE", door.path("own-terms")),
        await door.as_till("POST", door.path("transfers"), json={}, once="k"),
        await door.as_till("POST", door.path("adjustments"), json=GIFT, once="k"),
        await door.as_till("GET", "/v1/adjustments"),
        await door.as_till("POST", "/v1/adjustments/a/approve"),
        await door.as_till("POST", "/v1/adjustments/a/refuse"),
        await door.as_till("POST", "/v1/merges", json={}),
        await door.as_till("POST", "/v1/merges/m/undo"),
    ]

    assert {(status, problem["code"]) for status, problem in asked} == {(403, "wrong_scope")}


async def test_a_member_nobody_knows_is_none_of_this_programmes(door: MembersDoor) -> None:
    asked = [
        await door.as_olga("GET", f"/v1/members/{NOBODY}/balances"),
        await door.as_olga("GET", f"/v1/members/{NOBODY}/own-terms"),
        await door.as_olga("PUT", f"/v1/members/{NOBODY}/own-terms", json={"discount_bp": 1}),
        await door.as_olga("POST", f"/v1/members/{NOBODY}/adjustments", json=GIFT, once="k"),
        await door.as_till("GET", f"/v1/members/{NOBODY}/prepaid"),
    ]

    assert {(status, problem["code"]) for status, problem in asked} == {(404, "unknown_member")}
    assert all("field" not in problem for _, problem in asked)


async def test_segments_are_replaced_whole_and_checked(door: MembersDoor) -> None:
    put = await door.as_olga("PUT", door.path("segments"), json={"segments": ["sleeping", "students", "sleeping"]})
    refused = await door.as_olga("PUT", door.path("segments"), json={"segments": ["", "students"]})
    strange = await door.as_olga("PUT", f"/v1/members/{NOBODY}/segments", json={"segments": []})
    scorings = await door.as_olga("PUT", door.path("segments"), json={"segments": ["rfm:champions"]})

    assert put == (200, {"segments": ["sleeping", "students"]})
    assert (refused[0], refused[1]["errors"][0]["pointer"]) == (422, "/segments/0")
    assert (scorings[0], scorings[1]["errors"][0]["pointer"]) == (422, "/segments")
    assert (strange[0], strange[1]["code"]) == (404, "unknown_member")
    assert (await door.as_olga("GET", door.path("segments")))[1] == put[1]
