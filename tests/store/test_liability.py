"""What a programme owes: every column adds up to the unit, and the accounts hold just that."""

import secrets
from datetime import timedelta

from offers.flows.adjust_balance import AdjustBalance, Wish
from offers.flows.expire_lots import ExpireLots
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.report_liability import ReportLiability
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.flows.transfer_points import Transfer, TransferPoints
from offers.model.liability import DEBTS, LiabilityReport, LiabilityRow
from tests.ledger_house import NOON, LedgerHouse


async def report(house: LedgerHouse, *, since: int = 0, until: int | None = None) -> LiabilityReport:
    end = None if until is None else NOON + timedelta(days=until)
    return await ReportLiability(house.store, house.clock)(
        house.programme, since=NOON + timedelta(days=since), until=end
    )


def row(found: LiabilityReport, funder: str) -> LiabilityRow:
    return next(each for each in found.rows if each.funder == funder)


async def test_opening_and_what_happened_give_closing_by_funder_and_month(house: LedgerHouse) -> None:
    await house.agree(points_live_days=30)
    anna, boris = await house.enrol(1), await house.enrol(2)
    await house.buy(anna, points=100, till=house.till_of("bakery"))
    house.clock.move(timedelta(days=10))
    await house.buy(anna, points=200, till=house.till_of("cinema"))
    await house.buy(boris, points=50, till=house.till_of("cinema"))
    await house.agree(accrual_bp=0)
    await house.buy(anna, redeem=30, till=house.till_of("bakery"))
    voided = await house.buy(anna, redeem=20, till=house.till_of("cinema"))
    await house.void(voided, till=house.till_of("cinema"))
    house.clock.move(timedelta(days=25))
    await ExpireLots(house.store, house.clock)()

    found = await report(house, since=5)

    assert found.reconciles
    assert found.held == {"cinema": 250, DEBTS: 0}
    assert row(found, "bakery") == LiabilityRow(
        funder="bakery", opening=100, redeemed=50, restored=20, expired=70, closing=0
    )
    assert row(found, "cinema") == LiabilityRow(funder="cinema", issued=250, closing=250)
    assert [(month.month, month.funder, month.points) for month in found.months] == [("2026-04", "cinema", 250)]
    assert found.breakage_bp == 70 * 10_000 // 100
    assert found.total.closing == 250


async def test_a_period_that_is_over_does_not_change_any_more(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    house.clock.move(timedelta(days=10))
    before = await report(house, until=5)

    await house.buy(anna, points=100, at=NOON + timedelta(days=1))  # arrives late
    after = await report(house, until=5)

    assert after == before
    assert (before.held, before.reconciles, before.total.closing) == (None, True, 100)


async def test_debts_transfers_merges_and_adjustments_reconcile(house: LedgerHouse) -> None:
    anna, boris, vera = await house.enrol(1), await house.enrol(2), await house.enrol(3)
    given = await house.buy(boris, points=100)
    await house.buy(boris, redeem=100)
    await house.void(given)  # a debt of 90
    await house.buy(anna, points=300)
    move = TransferPoints(house.store, house.clock, secrets.token_bytes)
    transfer = Transfer(sender_id=anna.member.id, receiver_id=boris.member.id, points=40, key="t")
    await move(house.programme, transfer)
    adjust = AdjustBalance(house.store, house.clock, secrets.token_bytes)
    for number, points in enumerate((25, -5)):
        wish = Wish(member_id=vera.member.id, points=points, reason="r", staff_id="olga", key=f"w{number}")
        await adjust(house.programme, wish)

    with_debt = await report(house)
    doubles = Doubles(survivor_id=anna.member.id, merged_id=boris.member.id, staff_id="olga", reason="one")
    await MergeMembers(house.store, house.clock, secrets.token_bytes)(house.programme, doubles)
    merged = await report(house)

    owed = -(100 - 100 + 10 - 100 + 40)
    assert with_debt.reconciles
    assert row(with_debt, DEBTS).closing == -owed
    assert row(with_debt, house.programme.id).adjusted == 20
    assert merged.reconciles
    assert row(merged, DEBTS).closing == 0
    assert merged.total.closing == with_debt.total.closing == 300 + 20 - 90
    await house.verify()


async def test_prepaid_money_has_a_report_of_its_own(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    paid = TopUp(member_id=anna.member.id, amount_minor=70_000, key="k", funder="m1")
    await TopUpPrepaid(house.store, house.clock, secrets.token_bytes)(house.programme, paid)

    found = await ReportLiability(house.store, house.clock)(house.programme, since=NOON, currency="RUB")

    assert (found.total.issued, found.total.closing, found.reconciles) == (70_000, 70_000, True)
    assert [month.month for month in found.months] == [""]


async def test_an_account_that_does_not_hold_what_the_ledger_says_does_not_reconcile(house: LedgerHouse) -> None:
    anna = await house.enrol(1)
    await house.buy(anna, points=100)
    await house.store.database["accounts"].update_one({}, {"$inc": {"lots.0.remaining": 1}})

    assert not (await report(house)).reconciles
