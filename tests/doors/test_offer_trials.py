"""Trials of offers through the API: what would happen, explained in both languages, and nothing of it kept."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from offers.store.store import Store
from tests.clock import SettableClock
from tests.doors.test_offers_api import offer
from tests.limits_door import LimitsDoor, open_limits_door

LATTE = {"sku": "latte", "category": "coffee", "unit_price_minor": 20_000}
WEDNESDAY_AT_ELEVEN = "2026-03-11T11:00"


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, clock) as opened:
        yield opened


async def test_a_trial_tells_what_would_happen_and_keeps_nothing(door: LimitsDoor, store: Store) -> None:
    await door.as_operator("POST", "/v1/offers", json=offer())
    basket = {"lines": [{**LATTE, "quantity": 2}], "at": WEDNESDAY_AT_ELEVEN}
    before = {name: await count(store, name) for name in ("quotes", "receipts", "rulebooks", "ledger", "throttles")}

    status, happy = await door.as_operator("POST", "/v1/offers/try", json=basket)
    _, later = await door.as_operator("POST", "/v1/offers/try", json={**basket, "at": "2026-03-11T12:00"})
    _, carded = await door.as_operator("POST", "/v1/offers/try", json={**basket, "card": door.card})

    assert (status, happy["discount_minor"], happy["payable_minor"]) == (200, 8_000, 32_000)
    assert [(each["code"], each["saving_minor"]) for each in happy["offers"]] == [("happy-hours", 8_000)]
    (line,) = [line for line in happy["explain"] if line.get("title_en") == "Happy hours"]
    assert line["code"] == "offer_applied"
    assert "Счастливые часы" in line["text"]["ru"]
    assert "Happy hours" in line["text"]["en"]
    (line,) = [line for line in later["explain"] if line.get("title_en") == "Happy hours"]
    assert (later["discount_minor"], line["code"]) == (0, "offer_skipped")
    assert carded["payable_minor"] == 32_000
    assert {name: await count(store, name) for name in before} == before


async def test_a_trial_knows_facts_codes_and_rules_of_its_own(door: LimitsDoor) -> None:
    rules = {
        "offers": [
            offer("stamped", when=[{"stamps": {"needed": 6, "goods": {"categories": ["coffee"]}}}]),
            offer("couponed", lane="coupon", reach="coupon", when=[]),
        ]
    }
    basket: dict[str, Any] = {"lines": [LATTE], "rulebook": rules, "outlet": "main"}

    _, nothing = await door.as_operator("POST", "/v1/offers/try", json=basket)
    _, both = await door.as_operator(
        "POST", "/v1/offers/try",
        json={**basket, "facts": {"stamps": {"stamped": 6}}, "codes": [{"offer": "couponed"}]},
    )  # fmt: skip

    assert nothing["discount_minor"] == 0
    assert [each["code"] for each in both["offers"]] == ["stamped", "couponed"]
    assert both["discount_minor"] == 4_000 + 3_200
    assert (await door.as_operator("GET", "/v1/offers"))[1]["offers"] == []


async def test_a_trial_may_assume_scores(door: LimitsDoor) -> None:
    asked = [
        {"score": {"score": "buys_again", "at_most": 2_000}},
        {"segment": ["rfm:sleeping"]},
        {"segment": ["cluster:3"]},
        {"likes": ["coffee"]},
    ]
    rules = {"offers": [offer("wake-up", when=asked)]}
    scores = {"buys_again": 1_500, "segment": "sleeping", "cluster": 3, "favourites": ["coffee"]}
    basket: dict[str, Any] = {"lines": [LATTE], "rulebook": rules}

    _, unknown = await door.as_operator("POST", "/v1/offers/try", json=basket)
    _, asleep = await door.as_operator("POST", "/v1/offers/try", json={**basket, "facts": {"scores": scores}})
    _, awake = await door.as_operator(
        "POST", "/v1/offers/try", json={**basket, "facts": {"scores": {**scores, "buys_again": 2_001}}}
    )

    assert [told["discount_minor"] for told in (unknown, asleep, awake)] == [0, 4_000, 0]
    assert [each["code"] for each in asleep["offers"]] == ["wake-up"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"outlet": "moon"}, "/outlet"),
        ({"lines": []}, "/lines"),
        ({"facts": {"points": -1}}, "/facts/points"),
        ({"facts": {"scores": {"buys_again": 10_001}}}, "/facts/scores/buys_again"),
        ({"facts": {"scores": {"segment": "rfm:lost"}}}, "/facts/scores/segment"),
        ({"rulebook": {"offers": [{"code": "a"}]}}, "/rulebook/offers/0/title"),
        ({"rulebook": {"offers": [offer(group="x")]}}, "/rulebook/offers/0/group"),
        ({"rulebook": {"offers": [offer(when=[{"level": ["Platinum"]}])]}}, "/rulebook/offers/0/when/0/level/0"),
        ({"rulebook": "offers: ["}, "/rulebook"),
        ({"card": "x", "facts": {"points": 1}}, ""),
    ],
)
async def test_a_fault_of_a_trial_points_into_its_body(door: LimitsDoor, changes: dict[str, Any], pointer: str) -> None:
    status, refused = await door.as_operator("POST", "/v1/offers/try", json={"lines": [LATTE], **changes})

    assert status == 422
    assert refused["errors"][0]["pointer"] == pointer


async def count(store: Store, collection: str) -> int:
    return await store.database[collection].count_documents({})
