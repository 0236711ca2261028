"""The API of cards: blocked, working again, re-issued; what old codes open, and who did it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from offers.engine.card_codes import read_link_token, scan_code
from offers.model.audit import AuditAction
from offers.model.ids import CardId
from offers.model.message import Lane
from offers.store.store import Store
from tests.clock import SettableClock
from tests.members_door import NOBODY, MembersDoor, open_members_door
from tests.till_door import CODE_KEY


@pytest.fixture
async def door(store: Store, present: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, present) as door:
        yield door


def of(door: MembersDoor, what: str) -> str:
    return f"/v1/cards/{door.anna.card.id}/{what}"


async def cards(door: MembersDoor) -> list[dict[str, object]]:
    _, body = await door.as_olga("GET", door.path("cards"))
    listed: list[dict[str, object]] = body["cards"]
    return listed


async def test_a_blocked_card_says_why_and_works_again_afterwards(door: MembersDoor) -> None:
    lost = {"reason": "lost", "note": "left in a taxi"}
    status, blocked = await door.as_olga("POST", of(door, "block"), json=lost)
    again = await door.as_ivan("POST", of(door, "block"), json={"reason": "misuse"})
    _, working = await door.as_ivan("POST", of(door, "unblock"))
    twice = await door.as_ivan("POST", of(door, "unblock"))

    assert (status, blocked["state"]) == (200, "blocked")
    assert (blocked["blocked"]["reason"], blocked["blocked"]["note"]) == ("lost", "left in a taxi")
    assert again == (200, blocked)
    assert (working["state"], working["blocked"]) == ("active", None)
    assert twice == (200, working)
    lines = await door.store.reading.audit.last(door.programme.id)
    assert [line.action for line in lines] == [AuditAction.CARD_UNBLOCKED, AuditAction.CARD_BLOCKED]
    assert lines[1].facts == {"member": door.anna.member.id, "reason": "lost", "note": "left in a taxi"}


async def test_a_new_card_has_new_names_and_takes_the_old_ones_place(door: MembersDoor) -> None:
    status, made = await door.as_olga("POST", of(door, "reissue"), json={"reason": "stolen"})
    again = await door.as_ivan("POST", of(door, "reissue"), json={"reason": "damaged"})
    old, new = made["old"], made["new"]

    assert (status, old["state"], old["replaced_by"], new["replaces"]) == (201, "voided", new["id"], old["id"])
    assert (new["state"], new["member"], new["design"]) == ("active", old["member"], old["design"])
    assert again == (201, made)
    assert [card["id"] for card in await cards(door)] == [new["id"], old["id"]]
    assert read_link_token(made["page"].rsplit("/", 1)[1], CODE_KEY) == new["id"]
    before, after = [await door.store.reading.cards.get(CardId(each["id"])) for each in (old, new)]
    assert before is not None
    assert after is not None
    assert before.serial != after.serial
    assert before.apple_token != after.apple_token
    assert after.code_generation == before.code_generation + 1
    assert [line.action for line in await door.store.reading.audit.last(door.programme.id)] == ["card_replaced"]


async def test_old_codes_pay_nothing_and_new_ones_do(door: MembersDoor) -> None:
    await door.as_olga("POST", door.path("prepaid"), json={"amount_minor": 1_000}, once="top-up")
    _, made = await door.as_olga("POST", of(door, "reissue"), json={})

    def paying(card_id: str) -> str:
        return f"/v1/members/{scan_code(CardId(card_id), CODE_KEY)}/prepaid/spend"

    refused = await door.as_till("POST", paying(made["old"]["id"]), json={"amount_minor": 300}, once="p-1")
    paid = await door.as_till("POST", paying(made["new"]["id"]), json={"amount_minor": 300}, once="p-1")

    assert (refused[0], refused[1]["code"]) == (409, "card_replaced")
    assert (paid[0], paid[1]["balance_minor"]) == (201, 700)


async def test_a_replaced_card_can_be_neither_blocked_nor_revived(door: MembersDoor) -> None:
    await door.as_olga("POST", of(door, "reissue"), json={})

    for what in ("block", "unblock"):
        status, problem = await door.as_olga("POST", of(door, what), json={})
        assert (status, problem["code"]) == (409, "card_replaced")


async def test_a_member_gets_three_new_cards_a_day_and_more_tomorrow(door: MembersDoor, present: SettableClock) -> None:
    card = door.anna.card.id
    for _ in range(3):
        _, made = await door.as_olga("POST", f"/v1/cards/{card}/reissue", json={})
        card = made["new"]["id"]
    status, problem = await door.as_olga("POST", f"/v1/cards/{card}/reissue", json={})
    present.move(timedelta(days=1))
    tomorrow, _ = await door.as_olga("POST", f"/v1/cards/{card}/reissue", json={})

    assert (status, problem["code"], problem["limit"]) == (409, "too_many_reissues", 3)
    assert tomorrow == 201


async def test_a_card_is_found_by_what_it_shows_and_only_by_the_office(door: MembersDoor) -> None:
    code = scan_code(door.anna.card.id, CODE_KEY)

    by_code = await door.as_olga("GET", f"/v1/cards/{code}")
    by_id = await door.as_olga("GET", f"/v1/cards/{door.anna.card.id}")
    nobody = await door.as_olga("POST", f"/v1/cards/{NOBODY}/block", json={})
    at_the_till = await door.as_till("POST", of(door, "block"), json={})

    assert by_code == by_id
    assert by_id[1]["wallets"] == []
    assert (nobody[0], nobody[1]["code"]) == (404, "unknown_card")
    assert (at_the_till[0], at_the_till[1]["code"]) == (403, "wrong_scope")


async def test_the_old_card_tells_the_wallets_and_the_chat_once(door: MembersDoor) -> None:
    await door.as_olga("POST", of(door, "reissue"), json={"reason": "lost"})
    await door.as_olga("POST", of(door, "reissue"), json={"reason": "lost"})

    waiting = await door.store.database["outbox"].find({"lane": Lane.EVENTS, "kind": "CardStateChanged"}).to_list()

    assert [item["payload"]["card_id"] for item in waiting] == [door.anna.card.id]
    assert waiting[0]["payload"]["state"] == "voided"
