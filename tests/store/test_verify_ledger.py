"""The proof of the ledger: it holds for what the flows wrote, and names the account where somebody tampered."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from offers.engine.replay import Flaw
from offers.flows.enrol_member import Enrolment
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.unmerge_members import UnmergeMembers
from offers.flows.verify_ledger import Verdict, VerifyLedger
from offers.model.purchase import Receipt
from tests.clock import SettableClock
from tests.ledger_house import NOON, LedgerHouse

LATER = NOON + timedelta(days=3)


@pytest.fixture
async def anna(house: LedgerHouse) -> Enrolment:
    """A member between two others, with a little of everything."""
    await house.buy(await house.enrol(1), points=10)
    who = await house.enrol(2)
    await house.buy(who, points=100)
    await house.buy(who, redeem=40)
    await house.void(await house.buy(who, points=30))
    await house.buy(await house.enrol(3), points=10)
    return who


async def judge(house: LedgerHouse) -> Verdict:
    return await VerifyLedger(house.store, SettableClock(LATER))()


async def bend(house: LedgerHouse, collection: str, query: dict[str, Any], change: dict[str, Any]) -> None:
    changed = await house.store.database[collection].update_one(query, change)
    assert changed.modified_count == 1


async def test_what_the_flows_wrote_is_proven_and_counted(house: LedgerHouse, anna: Enrolment) -> None:
    progress: list[int] = []

    verdict = await VerifyLedger(house.store, SettableClock(LATER))(on_entries=progress.append)

    assert verdict.fault is None
    assert (verdict.accounts, verdict.entries, verdict.receipts) == (3, 7, 5)
    assert progress[-1] == 7
    assert await house.spendable(anna.member.id) > 0


@pytest.mark.parametrize(
    ("where", "change", "flaw"),
    [
        (("accounts", {}), {"$inc": {"balance": 1}}, Flaw.BALANCE),
        (("accounts", {}), {"$inc": {"deficit": 1}}, Flaw.DEFICIT),
        (("accounts", {}), {"$inc": {"seq": 1}}, Flaw.LAST_NUMBER),
        (("accounts", {}), {"$inc": {"lots.0.remaining": 1}}, Flaw.LOT),
        (("ledger", {"seq": 2}), {"$inc": {"points": 1}}, Flaw.EDGES),
        (("ledger", {"seq": 2}), {"$inc": {"balance": 1}}, Flaw.BALANCE_AFTER),
        (("ledger", {"seq": 2}), {"$set": {"seq": 20}}, Flaw.GAP),
        (("ledger", {"seq": 2}), {"$set": {"edges.0.lot_id": "another"}}, Flaw.LOT_OVERDRAWN),
        (("ledger", {"seq": 1}), {"$set": {"kind": "expiry"}}, Flaw.SIGN),
        (("receipts", {"points_redeemed": 40}), {"$set": {"points_redeemed": 39}}, Flaw.RECEIPT),
        (("receipts", {"points_accrued": 100}), {"$set": {"points_accrued": 101}}, Flaw.RECEIPT),
    ],
)
async def test_every_kind_of_tampering_is_named_with_its_account(
    house: LedgerHouse, anna: Enrolment, where: tuple[str, dict[str, Any]], change: dict[str, Any], flaw: Flaw
) -> None:
    collection, query = where
    await bend(house, collection, {**query, "member_id": anna.member.id}, change)

    verdict = await judge(house)

    assert verdict.fault is not None
    assert (verdict.fault.flaw, verdict.account) == (flaw, (anna.member.id, "points"))


async def test_an_account_lost_or_made_up_is_named(house: LedgerHouse, anna: Enrolment) -> None:
    accounts = house.store.database["accounts"]
    kept = await accounts.find_one_and_delete({"member_id": anna.member.id})
    assert kept is not None
    lost = await judge(house)
    await accounts.insert_many([kept, {**kept, "_id": "zzz:points", "member_id": "zzz"}])
    made_up = await judge(house)

    assert lost.fault is not None
    assert lost.fault.flaw is Flaw.NO_ACCOUNT
    assert made_up.fault is not None
    assert (made_up.fault.flaw, made_up.account) == (Flaw.LAST_NUMBER, ("zzz", "points"))


async def test_a_receipt_or_an_entry_that_is_missing_is_named(house: LedgerHouse, anna: Enrolment) -> None:
    receipts = house.store.database["receipts"]
    kept = await receipts.find_one_and_delete({"points_accrued": 100})
    assert kept is not None
    without_receipt = await judge(house)
    await receipts.insert_many([kept, {**kept, "_id": "0" * 20, "order_ref": "made up"}])
    without_entry = await judge(house)

    assert without_receipt.fault is not None
    assert (without_receipt.fault.flaw, without_receipt.fault.found) == (Flaw.RECEIPT, "no receipt")
    assert without_entry.fault is not None
    assert (without_entry.fault.flaw, without_entry.fault.subject) == (Flaw.RECEIPT_WITHOUT_ENTRIES, "0" * 20)
    assert without_entry.account == (anna.member.id, "points")


async def test_the_first_account_of_several_is_named(house: LedgerHouse, anna: Enrolment) -> None:
    everybody = [account["member_id"] async for account in house.store.database["accounts"].find()]
    wrong = sorted({*everybody} - {min(everybody)})
    await house.store.database["accounts"].update_many({"member_id": {"$in": wrong}}, {"$inc": {"balance": 1}})

    verdict = await judge(house)

    assert anna.member.id in everybody
    assert len(wrong) == 2
    assert verdict.account == (wrong[0], "points")


@pytest.mark.parametrize("change", [{"$set": {"facts.reason": "another"}}, {"$set": {"staff_id": "nobody"}}])
async def test_an_audit_line_that_was_changed_is_noticed(house: LedgerHouse, change: dict[str, Any]) -> None:
    await _merge_and_part(house)
    await bend(house, "audit", {"seq": 1}, change)

    verdict = await judge(house)

    assert verdict.fault is not None
    assert (verdict.fault.flaw, verdict.fault.seq) == (Flaw.AUDIT, 1)


async def test_an_audit_that_lost_its_last_line_is_noticed(house: LedgerHouse) -> None:
    await _merge_and_part(house)
    await house.store.database["audit"].delete_one({"seq": 2})

    verdict = await judge(house)

    assert verdict.fault is not None
    assert (verdict.fault.flaw, verdict.fault.seq) == (Flaw.AUDIT, 2)


async def test_receipts_that_moved_with_a_merge_still_find_their_entries(house: LedgerHouse) -> None:
    """A made-up receipt makes the proof look for every receipt's entries, under whoever they were kept."""
    bought = await _merge_and_part(house)
    await house.store.database["receipts"].insert_one({**await _document(house, bought), "_id": "0" * 20})

    verdict = await judge(house)

    assert verdict.fault is not None
    assert verdict.fault.subject == "0" * 20


async def _document(house: LedgerHouse, receipt: Receipt) -> dict[str, Any]:
    document = await house.store.database["receipts"].find_one({"_id": receipt.id})
    assert document is not None
    return {**document, "order_ref": "made up"}


async def _merge_and_part(house: LedgerHouse) -> Receipt:
    one, two = await house.enrol(1), await house.enrol(2)
    await house.buy(one, points=10)
    await house.buy(two, points=20)
    doubles = Doubles(survivor_id=one.member.id, merged_id=two.member.id, staff_id="olga", reason="one person")
    merge = await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)
    bought = await house.buy(two, redeem=15)
    await UnmergeMembers(house.store, house.clock)(house.programme, merge.id, staff_id="olga")
    await house.verify()
    return bought
