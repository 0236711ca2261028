"""What codes may do besides a checkout: pay from the prepaid balance, use a coupon; and the terms that say so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offers.engine.card_codes import scan_code
from offers.engine.rotating_codes import period_at, rotating_code, rotating_key
from offers.flows.change_terms import ChangeTerms
from offers.model.programme import Terms
from offers.model.showing import CodePolicy, CodeRights
from offers.store.store import Store
from tests.clock import SettableClock
from tests.limits_door import LimitsDoor, open_limits_door
from tests.members_door import MembersDoor, open_members_door
from tests.till_door import CODE_KEY

POLICY = CodePolicy(static=CodeRights(spend_prepaid=False, use_coupons=False))


@pytest.fixture
async def door(store: Store, present: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, present, codes=POLICY) as door:
        await door.as_olga("POST", door.path("prepaid"), json={"amount_minor": 10_000}, once="top-up")
        yield door


def static(door: MembersDoor) -> str:
    return scan_code(door.anna.card.id, CODE_KEY)


def rotating(card_id: Any, clock: SettableClock) -> str:
    return rotating_code(card_id, rotating_key(card_id, 1, CODE_KEY), period_at(clock()))


async def pay(door: MembersDoor, named: str, key: str) -> tuple[int, Any]:
    return await door.as_till("POST", f"/v1/members/{named}/prepaid/spend", json={"amount_minor": 300}, once=key)


async def test_only_a_changing_code_pays_from_the_prepaid_balance(door: MembersDoor, present: SettableClock) -> None:
    by_static = await pay(door, static(door), "p-1")
    by_name = await pay(door, door.anna.member.id, "p-2")
    by_changing = await pay(door, rotating(door.anna.card.id, present), "p-3")
    office = await door.as_olga("POST", door.path("prepaid/spend"), json={"amount_minor": 300}, once="p-4")

    assert (by_static[0], by_static[1]["code"], by_static[1]["right"]) == (409, "rotating_code_needed", "spend_prepaid")
    assert by_name[1]["code"] == "rotating_code_needed"
    assert (by_changing[0], by_changing[1]["balance_minor"]) == (201, 9_700)
    assert office[0] == 201


async def test_a_changing_code_pays_once_and_the_same_payment_is_the_same(
    door: MembersDoor, present: SettableClock
) -> None:
    code = rotating(door.anna.card.id, present)

    first = await pay(door, code, "p-1")
    present.move(timedelta(hours=2))
    again = await pay(door, code, "p-1")
    other = await pay(door, code, "p-2")

    assert first[0] == 201
    assert again == first
    assert (other[0], other[1]["code"]) == (409, "code_used")


async def test_a_balance_is_shown_to_whoever_shows_the_card_now(door: MembersDoor, present: SettableClock) -> None:
    code = rotating(door.anna.card.id, present)
    present.move(timedelta(minutes=10))

    late = await door.as_till("GET", f"/v1/members/{code}/prepaid")
    now = await door.as_till("GET", f"/v1/members/{rotating(door.anna.card.id, present)}/prepaid")

    assert (late[0], late[1]["code"]) == (409, "code_out_of_date")
    assert now[0] == 200


@pytest.fixture
async def limits(store: Store, present: SettableClock) -> AsyncIterator[LimitsDoor]:
    async with open_limits_door(store, present) as door:
        yield door


async def test_terms_say_what_codes_may_do_and_a_changing_one_does_no_less(limits: LimitsDoor) -> None:
    status, told = await limits.as_operator(
        "PATCH", "/v1/programme/terms", json={"codes": {"static": {"redeem_points": False, "daily_points": 100}}}
    )
    _, seen = await limits.as_operator("GET", "/v1/programme")
    refused, _ = await limits.as_operator(
        "PATCH", "/v1/programme/terms", json={"codes": {"rotating": {"use_coupons": False}}}
    )

    assert status == 200
    assert told["terms"]["codes"] == seen["terms"]["codes"]
    assert told["terms"]["codes"]["static"]["redeem_points"] is False
    assert told["terms"]["codes"]["static"]["daily_points"] == 100
    assert told["terms"]["codes"]["rotating"]["redeem_points"] is True
    assert refused == 422


async def test_only_a_changing_code_uses_a_coupon(limits: LimitsDoor, store: Store, present: SettableClock) -> None:
    programme = limits.opened.programme

    def agreed(terms: Terms) -> Terms:
        return replace(terms, codes=POLICY)

    await ChangeTerms(store, present)(programme.id, agreed, staff_id="k1")
    grant = {"member": limits.member, "grant_key": "spring", "offer": "latte", "title": {"ru": "К", "en": "C"}}
    _, coupon = await limits.as_operator("POST", "/v1/coupons", json=grant)
    use = f"/v1/coupons/{coupon.get('id')}/redeem"

    refused = await limits.as_till("POST", use, json={"card": limits.card, "reference": "r-1"})
    used = await limits.as_till(
        "POST", use, json={"card": rotating(limits.enrolment.card.id, present), "reference": "r-1"}
    )

    assert (refused[0], refused[1]["code"], refused[1]["field"]) == (409, "rotating_code_needed", "/card")
    assert (used[0], used[1]["use"]["state"]) == (201, "settled")
