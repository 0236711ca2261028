"""Static and rotating codes at the till: what each may do, once, at one outlet, and so much a day."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offers.engine.rotating_codes import PERIOD_S, period_at, rotating_code, rotating_key
from offers.model.ids import OutletId
from offers.model.programme import Terms
from offers.model.showing import CodePolicy, CodeRights
from offers.store.store import Store
from service.now import now
from tests.clock import SettableClock
from tests.till_door import CODE_KEY, COFFEE, LEVELS, TillDoor, open_till_door

NOON = now().replace(hour=9, minute=0, second=10, microsecond=0)
"""Of today: the database itself forgets quotes of long ago."""
ONLY_ACCRUE = CodeRights(redeem_points=False, use_coupons=False, spend_prepaid=False)


def opening(policy: CodePolicy) -> Any:
    return replace(COFFEE, terms=Terms(accrual_bp=1_000, levels=LEVELS, codes=policy))


@pytest.fixture
async def door(store: Store) -> AsyncIterator[TillDoor]:
    policy = CodePolicy(static=replace(ONLY_ACCRUE, redeem_points=True, daily_points=1_000))
    async with open_till_door(store, SettableClock(NOON), opening(policy)) as door:
        yield door


@pytest.fixture
async def strict(store: Store) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, SettableClock(NOON), opening(CodePolicy(static=ONLY_ACCRUE))) as door:
        yield door


def rotating(door: TillDoor, *, periods_ago: int = 0, generation: int = 1) -> str:
    card = door.enrolment.card
    key = rotating_key(card.id, generation, CODE_KEY)
    return rotating_code(card.id, key, period_at(door.clock()) - periods_ago)


async def resolve(door: TillDoor, code: str, **options: Any) -> tuple[int, Any]:
    async with door.ask("POST", f"/v1/cards/{code}/resolve", **options) as response:
        return response.status, await response.json()


async def quote(door: TillDoor, code: str, *, points: int = 0, **options: Any) -> tuple[int, Any]:
    body = {name: value for name, value in door.basket(points=points).items() if name != "order_ref"} | {"card": code}
    async with door.ask("POST", "/v1/quotes", json=body, **options) as response:
        return response.status, await response.json()


async def settle(door: TillDoor, code: str, order: str, *, points: int = 0, **options: Any) -> tuple[int, Any]:
    response, body = await door.settle(door.basket(order, points=points) | {"card": code}, **options)
    return response.status, body


async def other_outlet(door: TillDoor) -> str:
    """Open a second outlet; gives the key of its till."""
    outlet = replace(door.opened.outlet, id=OutletId("another-outlet-000000"), slug="second", name="Second")
    await door.store.reading.programmes.add_outlet(outlet)
    return (await door.issue_key.for_till(outlet, name="till")).secret


async def test_resolving_tells_what_each_code_may_do(door: TillDoor) -> None:
    _, static = await resolve(door, door.code)
    _, changing = await resolve(door, rotating(door))

    assert static["shown"] == "static"
    assert static["may"] == {
        "accrue": True, "redeem_points": True, "use_coupons": False, "spend_prepaid": False, "points_today": 1_000,
    }  # fmt: skip
    assert [note["en"].split()[0] for note in static["notes"]] == ["Coupons", "The", "By"]
    assert static["notes"][0]["ru"].startswith("По этому коду нельзя применить купоны")
    assert changing["shown"] == "rotating"
    assert changing["may"]["points_today"] is None
    assert changing["notes"] == []
    assert changing["balance"] == static["balance"]


async def test_a_rotating_code_sells_once_and_the_same_order_asked_again_is_the_same(door: TillDoor) -> None:
    code = rotating(door)

    first = await settle(door, code, "A-1")
    door.clock.move(timedelta(hours=1))
    again = await settle(door, code, "A-1")
    other = await settle(door, code, "A-2")

    assert first[0] == 201
    assert again == first
    assert (other[0], other[1]["code"]) == (409, "code_used")


async def test_a_rotating_code_is_good_for_half_an_hour_at_the_outlet_that_read_it(door: TillDoor) -> None:
    code = rotating(door)
    assert (await resolve(door, code))[0] == 200
    door.clock.move(timedelta(minutes=29))

    assert (await quote(door, code))[0] == 201

    door.clock.move(timedelta(minutes=2))
    status, refusal = await quote(door, code)
    assert (status, refusal["code"]) == (409, "code_out_of_date")


async def test_a_photograph_of_a_rotating_code_opens_nothing_elsewhere(door: TillDoor) -> None:
    code, elsewhere = rotating(door), await other_outlet(door)
    assert (await resolve(door, code))[0] == 200

    for status, refusal in (
        await resolve(door, code, key=elsewhere),
        await quote(door, code, key=elsewhere),
        await settle(door, code, "B-1", key=elsewhere),
    ):
        assert (status, refusal["code"]) == (409, "code_used")


@pytest.mark.parametrize("periods_ago", [3, 100, -3])
async def test_a_code_of_another_time_is_out_of_date(door: TillDoor, periods_ago: int) -> None:
    code = rotating(door, periods_ago=periods_ago)

    for status, refusal in (await resolve(door, code), await quote(door, code), await settle(door, code, "A-1")):
        assert (status, refusal["code"]) == (409, "code_out_of_date")


@pytest.mark.parametrize("periods_ago", [1, 0, -1])
async def test_a_code_of_the_period_before_or_after_is_taken(door: TillDoor, periods_ago: int) -> None:
    assert (await settle(door, rotating(door, periods_ago=periods_ago), "A-1"))[0] == 201


async def test_a_quote_keeps_how_the_card_was_shown_and_its_code_sells_once(door: TillDoor) -> None:
    code = rotating(door)
    _, made = await quote(door, code)
    _, second = await quote(door, code)
    door.clock.move(timedelta(minutes=10))

    status, receipt = await settle_quote(door, made["quote_id"], "Q-1")
    refused, refusal = await settle_quote(door, second["quote_id"], "Q-2")

    assert (status, receipt["state"]) == (201, "settled")
    assert (refused, refusal["code"]) == (409, "code_used")


async def settle_quote(door: TillDoor, quote_id: str, order: str) -> tuple[int, Any]:
    response, body = await door.settle({"quote_id": quote_id, "order_ref": order})
    return response.status, body


async def test_a_static_code_spends_points_up_to_its_daily_limit(door: TillDoor) -> None:
    await settle(door, door.code, "EARN", points=0)
    door.clock.move(timedelta(seconds=PERIOD_S))
    response, _ = await door.settle(door.basket("EARN-2", amount=3_000_000))
    assert response.status == 201

    first = await settle(door, door.code, "S-1", points=700 // 100)
    over = await door.settle(door.basket("S-2", amount=500_000, points=1_000))
    rest = await door.settle(door.basket("S-3", amount=500_000, points=993))
    quoted = await quote(door, door.code, points=1)
    by_changing = await door.settle(door.basket("S-4", amount=500_000, points=1_000) | {"card": rotating(door)})

    assert first[0] == 201
    assert (over[0].status, over[1]["code"], over[1]["allowed"]) == (409, "code_daily_limit", 993)
    assert rest[0].status == 201
    assert (quoted[0], quoted[1]["code"]) == (409, "code_daily_limit")
    assert by_changing[0].status == 201


async def test_a_new_local_day_and_a_void_give_the_daily_limit_back(door: TillDoor) -> None:
    await door.settle(door.basket("EARN", amount=3_000_000))
    _, sold = await door.settle(door.basket("S-1", amount=500_000, points=1_000))
    assert (await resolve(door, door.code))[1]["may"]["points_today"] == 0

    async with door.ask("POST", f"/v1/checkouts/{sold['checkout_id']}/void") as response:
        assert response.status == 200
    assert (await resolve(door, door.code))[1]["may"]["points_today"] == 1_000

    await door.settle(door.basket("S-2", amount=500_000, points=1_000))
    door.clock.move(timedelta(hours=12))
    assert (await resolve(door, door.code))[1]["may"]["points_today"] == 1_000


async def test_a_hold_keeps_its_part_of_the_daily_limit_until_it_is_released(door: TillDoor) -> None:
    await door.settle(door.basket("EARN", amount=3_000_000))
    basket = {name: value for name, value in door.basket(amount=500_000, points=800).items() if name != "order_ref"}
    async with door.ask("POST", "/v1/quotes", json=basket) as response:
        first = await response.json()
    async with door.ask("POST", "/v1/quotes", json=basket) as response:
        second = await response.json()

    async with door.ask("POST", f"/v1/quotes/{first['quote_id']}/hold") as response:
        assert response.status == 200
    async with door.ask("POST", f"/v1/quotes/{second['quote_id']}/hold") as response:
        refusal = await response.json()
        assert (response.status, refusal["code"], refusal["allowed"]) == (409, "code_daily_limit", 200)
    async with door.ask("DELETE", f"/v1/quotes/{first['quote_id']}/hold") as response:
        assert response.status == 200
    async with door.ask("POST", f"/v1/quotes/{second['quote_id']}/hold") as response:
        assert response.status == 200

    status, receipt = await settle_quote(door, second["quote_id"], "Q-1")
    assert (status, receipt["points"]["redeemed"]) == (201, 800)
    status, fresh = await settle_quote(door, first["quote_id"], "Q-2")
    assert (status, fresh["code"], fresh["quote"]["points"]["redeemed"]) == (409, "price_changed", 200)


async def test_a_static_code_that_may_only_accrue_is_told_what_is_needed(strict: TillDoor) -> None:
    await strict.settle(strict.basket("EARN", amount=3_000_000))

    status, refusal = await settle(strict, strict.code, "S-1", points=5)
    asked_in_russian = await settle(strict, strict.code, "S-1", points=5, headers={"Accept-Language": "ru"})
    _, quoted = await quote(strict, strict.code)
    changing = await settle(strict, rotating(strict), "S-2", points=5)

    assert (status, refusal["code"], refusal["right"], refusal["field"]) == (
        409, "rotating_code_needed", "redeem_points", "/points_to_redeem",
    )  # fmt: skip
    assert "меняющийся код" in asked_in_russian[1]["title"]
    assert quoted["points"]["redeemable"] == 0
    assert changing[0] == 201


async def test_a_wrong_digit_is_forged_and_guessing_makes_wait(door: TillDoor) -> None:
    code = rotating(door)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)

    answers = [await resolve(door, wrong) for _ in range(8)]

    assert [body["code"] for _, body in answers[:6]] == ["forged_code"] * 6
    assert answers[7][1]["code"] == "too_many_requests"
    assert (await resolve(door, code))[1]["code"] == "too_many_requests"
    door.clock.move(timedelta(minutes=20))
    assert (await resolve(door, rotating(door)))[0] == 200


async def test_a_sale_reported_late_is_judged_by_its_own_time(door: TillDoor) -> None:
    code, sold_at = rotating(door), door.clock().isoformat()
    door.clock.move(timedelta(days=2))

    honest = await settle(door, code, "L-1")
    late = await door.settle(door.basket("L-1") | {"card": code, "at": sold_at})
    another = await door.settle(door.basket("L-2") | {"card": code, "at": sold_at})

    assert honest[1]["code"] == "code_out_of_date"
    assert late[0].status == 201
    assert another[1]["code"] == "code_used"
