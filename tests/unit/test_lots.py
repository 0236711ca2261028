"""The laws of lots: points are moved, never made or lost, and only those that are open are spent."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.lots import Movement, accrue, available, give_back, run_out, spend, take_back
from offers.model.ids import LotId, MemberId, ProgrammeId
from offers.model.ledger import DEFICIT, Account, Lot
from tests.unit.accounts import DAYS, NOW, accounts, fresh_lots

NEVER = datetime.max.replace(tzinfo=UTC)


def held(account: Account) -> int:
    return sum(lot.remaining for lot in account.lots)


def is_sound(account: Account) -> bool:
    """What every account must be, whatever happened to it."""
    ids = [lot.id for lot in account.lots]
    return (
        held(account) - account.deficit == account.balance
        and account.deficit >= 0
        and all(0 < lot.remaining <= lot.issued for lot in account.lots)
        and len(set(ids)) == len(ids)
    )


def moved(movement: Movement) -> int:
    """Every edge counts, a debt's too: it is double entry."""
    return sum(edge.points for edge in movement.edges)


def owed(movement: Movement) -> int:
    return -sum(edge.points for edge in movement.edges if edge.lot_id == DEFICIT)


@given(accounts(), fresh_lots())
def test_an_accrual_raises_the_balance_by_its_points(account: Account, lot: Lot) -> None:
    movement = accrue(account, lot)

    assert is_sound(movement.account)
    assert movement.account.balance == account.balance + lot.issued
    assert movement.points == moved(movement) == lot.issued
    assert movement.account.deficit == max(0, account.deficit - lot.issued)


@given(accounts(), fresh_lots("first"), fresh_lots("second"))
def test_accruals_that_run_out_together_are_one_lot(account: Account, first: Lot, second: Lot) -> None:
    both = accrue(accrue(account, first).account, second).account

    assert is_sound(both)
    alike = first.expires_at == second.expires_at and first.funder == second.funder
    if alike and not account.deficit:
        assert "second" not in {lot.id for lot in both.lots}


@given(accounts(), st.data())
def test_spending_never_makes_or_loses_points(account: Account, data: st.DataObject) -> None:
    points = data.draw(st.integers(0, available(account, NOW)))

    movement = spend(account, points, NOW)

    assert is_sound(movement.account)
    assert movement.account.balance == account.balance - points
    assert movement.account.deficit == account.deficit
    assert movement.points == moved(movement) == -points
    assert sum(share.remaining for share in movement.shares) == points
    assert available(movement.account, NOW) == available(account, NOW) - points


@given(accounts(), st.data())
def test_only_open_lots_are_spent_and_the_soonest_to_run_out_first(account: Account, data: st.DataObject) -> None:
    points = data.draw(st.integers(0, available(account, NOW)))

    movement = spend(account, points, NOW)

    spent = {share.id for share in movement.shares}
    is_open = [lot for lot in account.lots if lot.active_from <= NOW and not (lot.expires_at and lot.expires_at <= NOW)]
    assert spent <= {lot.id for lot in is_open}
    ends = [lot.expires_at or NEVER for lot in is_open if lot.id in spent]
    passed_over = [lot.expires_at or NEVER for lot in is_open if lot.id not in spent]
    assert not ends or not passed_over or max(ends) <= min(passed_over)
    untouched = {lot.id for lot in account.lots} - spent
    assert {lot for lot in account.lots if lot.id in untouched} <= set(movement.account.lots)


@given(accounts(), st.data())
def test_a_redemption_taken_back_at_once_leaves_the_account_as_it_was(account: Account, data: st.DataObject) -> None:
    points = data.draw(st.integers(0, available(account, NOW)))
    redeemed = spend(account, points, NOW)

    restored = give_back(redeemed.account, redeemed.shares, at=NOW, grace_days=14)

    assert restored.points == moved(restored) == points
    assert is_sound(restored.account)
    assert restored.account.balance == account.balance
    if not account.deficit:
        assert {lot.id: lot for lot in restored.account.lots} == {lot.id: lot for lot in account.lots}


@given(accounts(), st.data(), st.integers(0, 800), st.integers(1, 30))
def test_points_given_back_late_live_for_the_grace_and_no_longer(
    account: Account, data: st.DataObject, days_later: int, grace_days: int
) -> None:
    redeemed = spend(account, data.draw(st.integers(0, available(account, NOW))), NOW)
    at = NOW + timedelta(days=days_later)
    before = {share.id: share.expires_at for share in redeemed.shares}

    restored = give_back(redeemed.account, redeemed.shares, at=at, grace_days=grace_days)

    assert is_sound(restored.account)
    for lot in restored.account.lots:
        if lot.id in before and (ended := before[lot.id]) is not None:
            assert lot.expires_at == (ended if ended > at else max(ended, at + timedelta(days=grace_days)))


@given(accounts(), fresh_lots(), st.data())
def test_an_accrual_taken_back_leaves_the_balance_it_found(account: Account, lot: Lot, data: st.DataObject) -> None:
    accrued = accrue(account, lot)
    spent = spend(accrued.account, data.draw(st.integers(0, available(accrued.account, NOW))), NOW)

    reversed_ = take_back(spent.account, accrued.edges[0].lot_id, lot.issued)

    assert is_sound(reversed_.account)
    assert reversed_.points == -lot.issued
    assert reversed_.account.balance == account.balance + spent.points
    assert moved(reversed_) == -lot.issued
    assert reversed_.account.deficit == spent.account.deficit + owed(reversed_)  # what was spent became a deficit


@given(accounts(), st.data())
def test_lots_that_ran_out_are_written_off_once_and_change_nothing_that_may_be_spent(
    account: Account, data: st.DataObject
) -> None:
    ends = [lot.expires_at for lot in account.lots if lot.expires_at is not None]
    at = data.draw(st.sampled_from(ends) if ends else DAYS)

    movements = run_out(account, at)

    after = movements[-1].account if movements else account
    assert is_sound(after)
    assert after.balance == account.balance + sum(movement.points for movement in movements)
    assert available(after, at) == available(account, at)
    assert after.lots == tuple(lot for lot in account.lots if lot.expires_at is None or lot.expires_at > at)
    assert run_out(after, at) == []


@given(accounts(), st.data())
def test_any_walk_of_movements_keeps_the_account_sound_and_the_entries_in_its_balance(
    account: Account, data: st.DataObject
) -> None:
    start, entries = account.balance, 0
    shares: tuple[Lot, ...] = ()
    for step in range(data.draw(st.integers(1, 8))):
        match data.draw(st.sampled_from(["accrue", "spend", "give back", "take back", "run out"])):
            case "accrue":
                movements = [accrue(account, data.draw(fresh_lots(f"new{step}")))]
            case "spend":
                movements = [spend(account, data.draw(st.integers(0, available(account, NOW))), NOW)]
                shares = movements[0].shares
            case "give back":
                movements, shares = [give_back(account, shares, at=NOW, grace_days=14)], ()
            case "take back" if account.lots:
                lot = data.draw(st.sampled_from(account.lots))
                movements = [take_back(account, lot.id, lot.issued)]
            case _:
                movements = run_out(account, NOW)
        account = movements[-1].account if movements else account
        entries += sum(movement.points for movement in movements)
        assert is_sound(account)
        assert account.balance == start + entries


@given(st.lists(st.tuples(fresh_lots(), st.integers(0, 3)), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_accruals_come_to_the_same_lots_in_whatever_order_they_arrive(
    arrivals: list[tuple[Lot, int]], dice: random.Random
) -> None:
    lots = [
        replace(lot, id=LotId(f"lot{number}"), active_from=NOW - timedelta(hours=hours))
        for number, (lot, hours) in enumerate(arrivals)
    ]
    in_order = shuffled = Account(member_id=MemberId("m"), programme_id=ProgrammeId("p"), currency="points")
    for lot in lots:
        in_order = accrue(in_order, lot, at=NOW).account
    for lot in dice.sample(lots, len(lots)):
        shuffled = accrue(shuffled, lot, at=NOW).account

    points = sum(lot.remaining for lot in lots) // 2
    spent = [nameless(spend(account, points, NOW).account) for account in (in_order, shuffled)]

    assert nameless(in_order) == nameless(shuffled)
    assert spent[0] == spent[1]


def nameless(account: Account) -> list[tuple[object, ...]]:
    """The lots but for their names, which are those of whatever came first."""
    dated = ((lot.expires_at or NEVER, lot.funder, lot.active_from, lot) for lot in account.lots)
    return sorted((end, funder, since, lot.issued, lot.remaining) for end, funder, since, lot in dated)
