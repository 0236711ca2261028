"""What a programme promises, read and changed through its API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from offers.model.benefit import Percent
from offers.model.condition import AtLevel
from offers.model.offer import Lane, Offer, OfferState, offer_id
from offers.model.programme import LocalText
from offers.model.rules import Rules
from offers.store.store import Store
from tests.clock import SettableClock
from tests.limits_door import LimitsDoor, open_limits_door

GOLD = {"name": {"ru": "Золото", "en": "Gold"}, "spend_threshold_minor": 500_000, "discount_bp": 700, "slug": "gold"}
BEAN = {"name": {"ru": "Зерно", "en": "Bean"}, "spend_threshold_minor": 100_000, "discount_bp": 300, "slug": "bean"}


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, clock) as opened:
        yield opened


async def test_terms_that_are_not_named_stay_as_they_are(door: LimitsDoor, store: Store) -> None:
    _, before = await door.as_operator("GET", "/v1/programme")

    status, after = await door.as_operator(
        "PATCH", "/v1/programme/terms", json={"accrual_bp": 900, "levels": [GOLD, BEAN], "points_live_days": None}
    )

    assert status == 200
    changed = {name: value for name, value in after["terms"].items() if value != before["terms"][name]}
    assert changed == {
        "accrual_bp": 900,
        "points_live_days": None,
        "levels": [{**BEAN, "accrual_bp": None}, {**GOLD, "accrual_bp": None}],
    }
    assert (await door.as_operator("GET", "/v1/programme"))[1] == after
    (line,) = await store.reading.audit.last(door.opened.programme.id)
    assert (line.action, line.facts["terms"]) == ("terms_changed", "accrual_bp, points_live_days, levels")


async def test_what_was_read_can_be_sent_back_and_changes_nothing(door: LimitsDoor, store: Store) -> None:
    _, before = await door.as_operator("GET", "/v1/programme")

    status, after = await door.as_operator("PATCH", "/v1/programme/terms", json=before["terms"])

    assert (status, after) == (200, before)
    assert await store.reading.audit.last(door.opened.programme.id) == []


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"accrual_bp": 10_001}, "/accrual_bp"),
        ({"point_value_minor": 0}, "/point_value_minor"),
        ({"levels": [GOLD, GOLD]}, "/levels"),
        ({"levels": [GOLD, {**BEAN, "spend_threshold_minor": 500_000}]}, "/levels"),
        ({"levels": [{**GOLD, "discount_bp": -1}]}, "/levels/0/discount_bp"),
        ({"level_rules": {"period": "weekly"}}, "/level_rules/period"),
        ({"generosity": 1}, "/generosity"),
        ({"referral": {"inviter_points": -1, "invited_points": 5}}, "/referral/inviter_points"),
    ],
)
async def test_a_wrong_term_is_refused_and_pointed_at(door: LimitsDoor, terms: dict[str, Any], pointer: str) -> None:
    status, problem = await door.as_operator("PATCH", "/v1/programme/terms", json=terms)

    assert (status, problem["code"]) == (422, "invalid_body")
    assert pointer in {fault["pointer"] for fault in problem["errors"]}


async def test_a_level_that_an_offer_asks_for_cannot_go(door: LimitsDoor, store: Store, clock: SettableClock) -> None:
    programme_id = door.opened.programme.id
    offer = Offer(
        id=offer_id(programme_id, "vip"),
        programme_id=programme_id,
        version=1,
        code="vip",
        title=LocalText(ru="Для своих", en="For friends"),
        lane=Lane.PRICE,
        benefit=Percent(bp=500),
        condition=AtLevel(levels=("gold",)),
    )
    await door.as_operator("PATCH", "/v1/programme/terms", json={"levels": [GOLD]})
    await store.reading.rulebooks.keep(Rules(programme_id=programme_id, edition=1, offers=(offer,)), at=clock())

    status, problem = await door.as_operator("PATCH", "/v1/programme/terms", json={"levels": [BEAN]})

    assert (status, problem["code"], problem["offer"]) == (409, "level_in_use", "vip")
    archived = replace(offer, state=OfferState.ARCHIVED)
    await store.reading.rulebooks.keep(Rules(programme_id=programme_id, edition=2, offers=(archived,)), at=clock())
    assert (await door.as_operator("PATCH", "/v1/programme/terms", json={"levels": [BEAN]}))[0] == 200


async def test_a_till_may_not_change_the_terms(door: LimitsDoor) -> None:
    status, problem = await door.as_till("PATCH", "/v1/programme/terms", json={"accrual_bp": 1})

    assert (status, problem["code"]) == (403, "wrong_scope")


async def test_referral_and_the_life_of_levels_are_terms_too(door: LimitsDoor) -> None:
    referral = {"inviter_points": 100, "invited_points": 50, "min_purchase_minor": 30_000}
    rules = {"period": "rolling", "rolling_days": 180, "downgrade": "to_reached", "grace_days": 7}

    status, after = await door.as_operator(
        "PATCH", "/v1/programme/terms", json={"referral": referral, "level_rules": rules}
    )

    assert (status, after["terms"]["level_rules"]) == (200, rules)
    assert after["terms"]["referral"] == {**referral, "pending_days": 14, "monthly_cap": 10}
    _, without = await door.as_operator("PATCH", "/v1/programme/terms", json={"referral": None})
    assert without["terms"]["referral"] is None


async def test_discounts_that_follow_activity_are_part_of_the_terms(door: LimitsDoor) -> None:
    rules = {"measure": "visits", "bands": [{"at_least": 3, "discount_bp": 1_000}], "rest_days": 14}

    status, changed = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": rules})
    again = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": changed["terms"]["activity"]})
    falling = {**rules, "bands": [{"at_least": 3, "discount_bp": 1_000}, {"at_least": 3, "discount_bp": 1_200}]}
    refused = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": falling})
    too_deep = {**rules, "bands": [{"at_least": 3, "discount_bp": 9_000}]}
    deep = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": too_deep})
    unfair = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": {**rules, "measure": "gender"}})
    none = await door.as_operator("PATCH", "/v1/programme/terms", json={"activity": None})

    assert (status, changed["terms"]["activity"]["rest_days"]) == (200, 14)
    assert again == (200, changed)
    assert [each[0] for each in (refused, deep, unfair)] == [422, 422, 422]
    assert [error["pointer"] for error in unfair[1]["errors"]] == ["/activity/measure"]
    assert (none[0], none[1]["terms"]["activity"]) == (200, None)
