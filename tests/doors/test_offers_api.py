"""Offers through their API: read, written, refused at the field, one by one and as the whole rulebook."""

from collections.abc import AsyncIterator
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


def offer(code: str = "happy-hours", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": {"ru": "Счастливые часы", "en": "Happy hours"},
        "lane": "price",
        "when": [{"daypart": {"windows": [{"days": ["wed"], "from": "10:00", "to": "12:00"}]}}],
        "benefit": {"percent": {"bp": 2_000, "goods": {"categories": ["coffee"]}}},
        **changes,
    }


async def tagged(door: LimitsDoor, path: str) -> str:
    headers = {"Authorization": f"Bearer {door.operator_key}"}
    async with door.client.get(door.url + path, headers=headers) as response:
        assert response.status == 200
        return response.headers["ETag"]


async def test_an_offer_is_added_read_changed_and_listed(door: LimitsDoor) -> None:
    status, added = await door.as_operator("POST", "/v1/offers", json=offer())
    again = await door.as_operator("POST", "/v1/offers", json=offer())
    changed = await door.as_operator("PUT", "/v1/offers/happy-hours", json=offer(priority=5))
    same = await door.as_operator("PUT", "/v1/offers/happy-hours", json=offer(priority=5))
    patched = await door.as_operator("PATCH", "/v1/offers/happy-hours", json={"priority": None, "tags": ["sale"]})
    new = await door.as_operator("PUT", "/v1/offers/b", json=offer("b"))

    assert (status, added) == (201, {**offer(), "version": 1, "state": "active"})
    assert (again[0], again[1]["code"]) == (409, "slug_taken")
    assert [(each[0], each[1]["version"]) for each in (changed, same, patched, new)] == [
        (200, 2), (200, 2), (200, 3), (201, 1),
    ]  # fmt: skip
    assert patched[1] == {**offer(tags=["sale"]), "version": 3, "state": "active"}
    assert await door.as_operator("GET", "/v1/offers/happy-hours") == (200, patched[1])
    _, page = await door.as_operator("GET", "/v1/offers?limit=1")
    _, rest = await door.as_operator("GET", f"/v1/offers?after={page['next_after']}&limit=1")
    assert [each["code"] for each in page["offers"] + rest["offers"]] == ["b", "happy-hours"]
    assert (rest["next_after"], rest["edition"]) == (None, 4)


async def test_if_match_protects_what_somebody_else_wrote(door: LimitsDoor) -> None:
    await door.as_operator("POST", "/v1/offers", json=offer())
    tag = await tagged(door, "/v1/offers/happy-hours")
    put = ("PUT", "/v1/offers/happy-hours")

    first = await door.as_operator(*put, json=offer(priority=1), headers={"If-Match": tag})
    second = await door.as_operator(*put, json=offer(priority=2), headers={"If-Match": tag})
    third = await door.as_operator("PATCH", "/v1/offers/happy-hours", json={"priority": 3}, headers={"If-Match": tag})
    any_version = await door.as_operator(*put, json=offer(priority=2), headers={"If-Match": "*"})
    torn = await door.as_operator(*put, json=offer(priority=2), headers={"If-Match": "W/1"})

    assert tag == '"1"'
    assert first[0] == 200
    assert [(each[0], each[1]["code"], each[1]["current"]) for each in (second, third)] == [
        (412, "version_conflict", 2)
    ] * 2
    assert any_version[0] == 200
    assert (torn[0], torn[1]["code"]) == (400, "bad_header")


async def test_offers_are_paused_archived_and_taken_up_again_and_every_version_stays(door: LimitsDoor) -> None:
    await door.as_operator("POST", "/v1/offers", json=offer())

    paused = await door.as_operator("POST", "/v1/offers/happy-hours/pause")
    archived = await door.as_operator("DELETE", "/v1/offers/happy-hours")
    active = await door.as_operator("POST", "/v1/offers/happy-hours/activate")

    assert [each[1]["state"] for each in (paused, archived, active)] == ["paused", "archived", "active"]
    _, page = await door.as_operator("GET", "/v1/offers/happy-hours/versions")
    assert [(each["version"], each["offer"]["state"]) for each in page["versions"]] == [
        (4, "active"), (3, "archived"), (2, "paused"), (1, "active"),
    ]  # fmt: skip
    assert page["versions"][0]["staff"].startswith("key:")
    _, older = await door.as_operator("GET", "/v1/offers/happy-hours/versions?before=3")
    assert [each["version"] for each in older["versions"]] == [2, 1]
    assert (await door.as_operator("GET", "/v1/offers/happy-hours/versions/2"))[1] == page["versions"][2]
    for path in ("/v1/offers/nothing", "/v1/offers/nothing/versions", "/v1/offers/happy-hours/versions/9",
                 "/v1/offers/happy-hours/versions/x"):  # fmt: skip
        assert (await door.as_operator("GET", path))[0] == 404, path
    _, listed = await door.as_operator("GET", "/v1/offers?state=paused")
    assert listed["offers"] == []


async def test_a_fault_of_a_body_points_at_the_field_in_the_readers_language(door: LimitsDoor) -> None:
    wrong = offer(
        benefit={"percent": {"bp": 0}}, lane="fast", when=[{"daypart": {"windows": [{"days": ["xyz"]}]}}], nonsense=1
    )

    status, english = await door.as_operator("POST", "/v1/offers", json=wrong)
    _, russian = await door.as_operator("POST", "/v1/offers", json=wrong, headers={"Accept-Language": "ru"})

    assert (status, english["code"]) == (422, "invalid_body")
    told = {fault["pointer"]: fault["detail"] for fault in english["errors"]}
    assert told["/benefit/percent/bp"] == "at least 1 is needed"
    assert told["/nonsense"] == "nothing of that name belongs here"
    assert told["/lane"].startswith("one of 'price', 'coupon'")
    assert told["/when/0/daypart/windows/0/from"] == "this has to stand here"
    in_russian = {fault["pointer"]: fault["detail"] for fault in russian["errors"]}
    assert in_russian.keys() == told.keys()
    assert in_russian["/benefit/percent/bp"] == "нужно не меньше 1"
    assert all(in_russian[place] != words for place, words in told.items())


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"when": [{"outlet": ["moon"]}]}, "/when/0/outlet/0", "unknown_outlet"),
        ({"when": [{"segment": ["students", "rfm:asleep"]}]}, "/when/0/segment/1", "unknown_segment_name"),
        ({"when": [{"not": {"segment": ["cluster:x"]}}]}, "/when/0/not/segment/0", "unknown_cluster"),
        ({"when": [{"not": {"level": ["Platinum"]}}]}, "/when/0/not/level/0", "unknown_level"),
        ({"when": [{"all_of": [{"first_purchase": True}, {"level": ["Platinum"]}]}]},
         "/when/0/all_of/1/level/0", "unknown_level"),
        ({"group": "happy"}, "/group", "unknown_group"),
        ({"excludes": ["wine"]}, "/excludes/0", "unknown_tag"),
        ({"when": [{"daypart": {"windows": []}}]}, "/when/0/daypart", "never_holds"),
        ({"active_from": "2026-03-09T00:00:00Z", "active_until": "2026-03-08T00:00:00Z"}, "/active_until",
         "ends_first"),
        ({"lane": "accrual"}, "/benefit", "wrong_lane"),
    ],
)  # fmt: skip
async def test_what_an_offer_names_has_to_be_there(
    door: LimitsDoor, changes: dict[str, Any], pointer: str, code: str
) -> None:
    status, refused = await door.as_operator("POST", "/v1/offers", json=offer(**changes))

    assert status == 422
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [(pointer, code)]


async def test_another_offers_address_and_what_is_no_json_are_refused(door: LimitsDoor) -> None:
    status, refused = await door.as_operator("PUT", "/v1/offers/other", json=offer())
    torn = await door.as_operator("POST", "/v1/offers", data="{")
    large = await door.as_operator("POST", "/v1/offers", data=" " * 300_000)
    patch = await door.as_operator("PATCH", "/v1/offers/other", json=[])

    assert (status, refused["errors"][0]["pointer"]) == (422, "/code")
    assert (torn[0], torn[1]["code"]) == (400, "malformed_json")
    assert (large[0], large[1]["code"]) == (413, "body_too_large")
    assert (patch[0], patch[1]["code"]) == (422, "invalid_body")


async def test_only_an_operators_key_opens_any_of_it(door: LimitsDoor) -> None:
    for method, path in (
        ("GET", "/v1/offers"), ("POST", "/v1/offers"), ("POST", "/v1/offers/try"), ("GET", "/v1/offers/a"),
        ("PUT", "/v1/offers/a"), ("PATCH", "/v1/offers/a"), ("DELETE", "/v1/offers/a"),
        ("POST", "/v1/offers/a/pause"), ("POST", "/v1/offers/a/activate"), ("GET", "/v1/offers/a/versions"),
        ("GET", "/v1/offers/a/versions/1"), ("GET", "/v1/rulebook"), ("PUT", "/v1/rulebook"),
        ("GET", "/v1/offer-groups"), ("PUT", "/v1/offer-groups"), ("GET", "/v1/goods-tags"),
        ("PUT", "/v1/goods-tags"), ("GET", "/v1/guards"), ("PUT", "/v1/guards"),
    ):  # fmt: skip
        status, refused = await door.as_till(method, path, json={})
        assert (status, refused["code"]) == (403, "wrong_scope"), path
        stranger = await door.ask("tsk_" + "0" * 32, method, path, json={})
        assert stranger[0] in {401, 429}, path


async def test_groups_tags_and_guards_stand_around_the_offers(door: LimitsDoor) -> None:
    groups = {"groups": [{"lane": "price", "name": "happy", "mode": "all"}]}
    tags = {"goods_tags": [{"name": "alcohol", "goods": {"categories": ["wine"]}}]}
    guards = {"max_discount_bp": 5_000, "points_excludes": ["alcohol"]}

    put = [
        await door.as_operator("PUT", path, json=body)
        for path, body in (("/v1/offer-groups", groups), ("/v1/goods-tags", tags), ("/v1/guards", guards))
    ]
    in_use = await door.as_operator("PUT", "/v1/goods-tags", json={"goods_tags": []})
    wrong = await door.as_operator("PUT", "/v1/guards", json={"points_excludes": ["beer"]})
    stale = await door.as_operator("PUT", "/v1/guards", json={}, headers={"If-Match": '"1"'})

    assert put == [(200, groups), (200, tags), (200, guards)]
    assert await door.as_operator("GET", "/v1/guards") == (200, guards)
    assert (await tagged(door, "/v1/offer-groups"), await tagged(door, "/v1/goods-tags")) == ('"3"', '"3"')
    assert [(fault["pointer"], fault["code"]) for fault in in_use[1]["errors"]] == [("", "still_used")]
    assert [fault["pointer"] for fault in wrong[1]["errors"]] == ["/points_excludes/0"]
    assert (stale[0], stale[1]["current"]) == (412, 3)
    assert (await door.as_operator("POST", "/v1/offers", json=offer(group="happy")))[0] == 201


async def test_a_rulebook_is_loaded_whole_after_a_look_at_what_that_would_do(door: LimitsDoor) -> None:
    await door.as_operator("POST", "/v1/offers", json=offer("leaves"))
    await door.as_operator("POST", "/v1/offers", json=offer("changes"))
    wanted = {"offers": [offer("changes", priority=3), offer("comes")]}

    dry = await door.as_operator("PUT", "/v1/rulebook?dry_run=true", json=wanted)
    before = await door.as_operator("GET", "/v1/rulebook")
    wet = await door.as_operator("PUT", "/v1/rulebook", json=wanted)
    again = await door.as_operator("PUT", "/v1/rulebook", json=wanted, headers={"If-Match": '"3"'})

    assert dry[1] == {
        "edition": 3,
        "added": ["comes"],
        "changed": [{"code": "changes", "fields": [{"field": "priority", "before": None, "after": 3}]}],
        "archived": ["leaves"],
        "parts": [],
        "dry_run": True,
    }
    assert [each["code"] for each in before[1]["offers"]] == ["leaves", "changes"]
    assert wet[1] == {**dry[1], "dry_run": False}
    assert (again[0], again[1]["added"], again[1]["edition"]) == (200, [], 3)
    _, after = await door.as_operator("GET", "/v1/rulebook")
    assert [(each["code"], each["version"], each.get("state")) for each in after["offers"]] == [
        ("changes", 2, None), ("comes", 1, None), ("leaves", 2, "archived"),
    ]  # fmt: skip
    stale = await door.as_operator("PUT", "/v1/rulebook", json=wanted, headers={"If-Match": '"1"'})
    assert (stale[0], stale[1]["code"]) == (412, "version_conflict")


async def test_a_rulebook_is_yaml_to_whoever_asks_for_it(door: LimitsDoor) -> None:
    await door.as_operator("POST", "/v1/offers", json=offer())
    headers = {"Authorization": f"Bearer {door.operator_key}", "Accept": "application/yaml"}
    async with door.client.get(f"{door.url}/v1/rulebook", headers=headers) as response:
        assert response.content_type == "application/yaml"
        text = await response.text()
    as_yaml = {"Content-Type": "application/yaml"}

    same = await door.as_operator("PUT", "/v1/rulebook", data=text, headers=as_yaml)
    changed = await door.as_operator("PUT", "/v1/rulebook", data=text.replace("2000", "2500"), headers=as_yaml)
    wrong = await door.as_operator("PUT", "/v1/rulebook", data=text.replace("2000", "25000"), headers=as_yaml)
    unknown = await door.as_operator(
        "PUT", "/v1/rulebook", data=text.replace("lane: price", "lane: price\n  group: x"), headers=as_yaml
    )
    torn = await door.as_operator("PUT", "/v1/rulebook", data=b"\xff", headers=as_yaml)

    assert "Счастливые часы" in text
    assert (same[0], same[1]["changed"], changed[1]["changed"][0]["code"]) == (200, [], "happy-hours")
    (fault,) = wrong[1]["errors"]
    line = text.splitlines().index("      bp: 2000") + 1
    assert (fault["pointer"], fault["line"]) == ("/offers/0/benefit/percent/bp", line)
    assert unknown[1]["errors"][0]["pointer"] == "/offers/0/group"
    assert (torn[0], torn[1]["errors"][0]["code"]) == (422, "not_utf8")
