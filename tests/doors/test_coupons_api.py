"""Coupons and budgets through their APIs."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.store.store import Store
from tests.clock import SettableClock
from tests.limits_door import LimitsDoor, open_limits_door


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, clock) as opened:
        yield opened


def grant(door: LimitsDoor, **changes: Any) -> dict[str, Any]:
    return {
        "member": door.member,
        "grant_key": "spring",
        "offer": "free-coffee",
        "title": {"ru": "Кофе", "en": "Coffee"},
        "recurrence": {"every": "calendar_month"},
        **changes,
    }


async def granted(door: LimitsDoor, **changes: Any) -> str:
    status, coupon = await door.as_operator("POST", "/v1/coupons", json=grant(door, **changes))
    assert status == 201, coupon
    return str(coupon["id"])


async def test_a_coupon_is_granted_once_used_and_there_again_next_month(door: LimitsDoor, clock: SettableClock) -> None:
    first = await granted(door)
    redeem = f"/v1/coupons/{first}/redeem"

    status, used = await door.as_till("POST", redeem, json={"reference": "A-1", "card": door.card})
    again = await door.as_till("POST", redeem, json={"reference": "A-1", "card": door.card})
    _, coupon = await door.as_operator("GET", f"/v1/coupons/{first}")
    refused = await door.as_till("POST", redeem, json={"reference": "A-2", "card": door.card})
    clock.move(timedelta(days=25))
    next_month = await door.as_till("POST", redeem, json={"reference": "A-3", "card": door.card})

    assert await granted(door) == first
    assert (status, used["use"]["state"], used["use"]["occurrence"]) == (201, "settled", "2026-03")
    assert again == (status, used)
    assert (coupon["state"], coupon["uses_left"], coupon["again_at"]) == ("redeemed", 0, "2026-03-31T21:00:00.000Z")
    assert (refused[0], refused[1]["code"], refused[1]["again_at"]) == (
        409,
        "coupon_not_available",
        "2026-03-31T21:00:00+00:00",
    )
    assert (next_month[0], next_month[1]["use"]["occurrence"]) == (201, "2026-04")


async def test_a_use_is_given_back_by_its_reference(door: LimitsDoor) -> None:
    coupon = await granted(door)
    await door.as_till("POST", f"/v1/coupons/{coupon}/redeem", json={"reference": "A-1", "card": door.card})

    returned = await door.as_till("POST", "/v1/coupons/return", json={"reference": "A-1"})
    unknown = await door.as_till("POST", "/v1/coupons/return", json={"reference": "A-9"})

    _, now = await door.as_operator("GET", f"/v1/coupons/{coupon}")
    assert returned[0] == 200
    assert (now["state"], now["uses_left"]) == ("active", 1)
    assert (unknown[0], unknown[1]["code"]) == (404, "nothing_taken")


async def test_a_members_coupons_are_listed_newest_first_in_pages(door: LimitsDoor, clock: SettableClock) -> None:
    made = []
    for number in range(3):
        made.append(await granted(door, grant_key=f"k{number}"))
        clock.move(timedelta(seconds=1))

    _, page = await door.as_operator("GET", f"/v1/coupons?member={door.member}&limit=2")
    _, rest = await door.as_operator("GET", f"/v1/coupons?member={door.member}&before={page['next_before']}")

    assert [coupon["id"] for coupon in page["coupons"] + rest["coupons"]] == made[::-1]
    assert rest["next_before"] is None


async def test_a_draft_is_activated_and_a_coupon_revoked(door: LimitsDoor) -> None:
    coupon = await granted(door, draft=True)
    use = {"json": {"reference": "A-1", "card": door.card}}

    draft = await door.as_till("POST", f"/v1/coupons/{coupon}/redeem", **use)
    active = await door.as_operator("POST", f"/v1/coupons/{coupon}/activate")
    revoked = await door.as_operator("POST", f"/v1/coupons/{coupon}/revoke")
    refused = await door.as_till("POST", f"/v1/coupons/{coupon}/redeem", **use)

    assert (draft[0], draft[1]["state"]) == (409, "draft")
    assert (active[1]["state"], revoked[1]["state"]) == ("active", "revoked")
    assert refused[1]["state"] == "revoked"


async def test_a_hard_bound_coupon_asks_for_its_owners_card(door: LimitsDoor) -> None:
    coupon = await granted(door)

    status, problem = await door.as_till("POST", f"/v1/coupons/{coupon}/redeem", json={"reference": "A-1"})

    assert (status, problem["code"]) == (409, "coupon_of_another")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"member": "short"}, "/member"),
        ({"member": None}, "/binding"),
        ({"grant_key": ""}, "/grant_key"),
        ({"title": {"ru": "Кофе"}}, "/title/en"),
        ({"binding": "glue"}, "/binding"),
        ({"recurrence": {"every": "year"}}, "/recurrence/every"),
        ({"recurrence": {"every": "weekly", "weekday": 7}}, "/recurrence/weekday"),
        ({"recurrence": {"every": "rolling", "days": 0}}, "/recurrence/days"),
        ({"recurrence": {"zone": "Europe/Nowhere"}}, "/recurrence/zone"),
        ({"valid_from": "2026-04-01T00:00:00Z", "valid_until": "2026-03-01T00:00:00Z"}, "/valid_until"),
        ({"extend_days": -1}, "/extend_days"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_field_is_pointed_at(door: LimitsDoor, change: dict[str, Any], pointer: str) -> None:
    status, problem = await door.as_operator("POST", "/v1/coupons", json=grant(door, **change))

    assert (status, problem["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


async def test_unknown_members_and_other_grants_are_refused(door: LimitsDoor) -> None:
    await granted(door)

    unknown = await door.as_operator("POST", "/v1/coupons", json=grant(door, member="0" * 20))
    reused = await door.as_operator("POST", "/v1/coupons", json=grant(door, offer="another"))
    listed = await door.as_operator("GET", f"/v1/coupons?member={'0' * 20}")
    no_coupon = await door.as_operator("GET", "/v1/coupons/nothing")

    assert [(status, problem["code"]) for status, problem in (unknown, reused, listed, no_coupon)] == [
        (404, "unknown_member"),
        (422, "grant_mismatch"),
        (404, "unknown_member"),
        (404, "unknown_coupon"),
    ]


async def test_every_route_asks_for_its_own_key(door: LimitsDoor) -> None:
    coupon = await granted(door)

    asked = [
        await door.as_till("POST", "/v1/coupons", json=grant(door)),
        await door.as_till("GET", f"/v1/coupons?member={door.member}"),
        await door.as_till("GET", f"/v1/coupons/{coupon}"),
        await door.as_till("POST", f"/v1/coupons/{coupon}/activate"),
        await door.as_till("POST", f"/v1/coupons/{coupon}/revoke"),
        await door.as_till("POST", "/v1/budgets", json={}),
        await door.as_till("GET", "/v1/budgets"),
        await door.as_till("GET", "/v1/budgets/b"),
        await door.as_till("PATCH", "/v1/budgets/b", json={"cap": 1}),
        await door.as_operator("POST", f"/v1/coupons/{coupon}/redeem", json={"reference": "A-1"}),
        await door.as_operator("POST", "/v1/coupons/return", json={"reference": "A-1"}),
    ]

    assert {(status, problem["code"]) for status, problem in asked} == {(403, "wrong_scope")}


async def test_a_budget_is_set_looked_at_and_changed(door: LimitsDoor) -> None:
    body = {"owner": "offer:free-coffee", "name": "a day", "measure": "uses", "cap": 10, "period": "day", "slices": 4}

    status, budget = await door.as_operator("POST", "/v1/budgets", json=body)
    _, seen = await door.as_operator("GET", f"/v1/budgets/{budget['id']}")
    _, changed = await door.as_operator("PATCH", f"/v1/budgets/{budget['id']}", json={"cap": 7})
    _, page = await door.as_operator("GET", "/v1/budgets")
    unknown = await door.as_operator("GET", "/v1/budgets/nothing")

    assert status == 201
    assert {key: budget[key] for key in body} == body
    assert (seen["left"], changed["cap"], len(page["budgets"])) == (10, 7, 1)
    assert (unknown[0], unknown[1]["code"]) == (404, "unknown_budget")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"owner": "me"}, "/owner"),
        ({"measure": "smiles"}, "/measure"),
        ({"cap": -1}, "/cap"),
        ({"cap": 1.5}, "/cap"),
        ({"slices": 65}, "/slices"),
        ({"period": "decade"}, "/period"),
        ({"counted_for": "nobody"}, "/counted_for"),
    ],
)
async def test_a_wrong_field_of_a_budget_is_pointed_at(door: LimitsDoor, change: dict[str, Any], pointer: str) -> None:
    body = {"owner": "campaign:spring", "name": "n", "measure": "money", "cap": 1, **change}

    status, problem = await door.as_operator("POST", "/v1/budgets", json=body)

    assert status == 422
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
