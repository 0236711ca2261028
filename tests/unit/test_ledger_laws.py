"""The laws of the ledger: whatever happens to an account, in whatever order, swept or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from offers.engine.bookkeeping import catch_up, due_dates, new_lot, remind
from offers.engine.lots import after, available, put_in, spend, take_back
from offers.engine.merging import come_home, go_home, join, leave, put_in_by
from offers.model.ids import LotId
from offers.model.ledger import DEFICIT, Account, EntryKind, Lot, ReturnPolicy, SpendingOrder
from offers.model.programme import Terms
from tests.unit.accounts import NOW, accounts
from tests.unit.ledger_walks import START, TERMS, WALKS, Step, Walk, programme, walked

ZONES = st.sampled_from(["Europe/Moscow", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"])
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=START.tzinfo))  # noqa: DTZ001 - Hypothesis wants naive bounds


@given(TERMS, WALKS)
@settings(max_examples=200)
def test_every_walk_is_proven_by_its_entries(terms: Terms, steps: list[Step]) -> None:
    walk = walked(terms, steps)

    assert walk.fault() is None
    assert not (walk.account.deficit and walk.account.lots)
    assert all(0 < lot.remaining <= lot.issued for lot in walk.account.lots)
    assert all(sum(edge.points for edge in movement.edges) == movement.points for movement in walk.movements)


@given(TERMS, WALKS, st.lists(st.integers(0, 14), max_size=6), st.integers(0, 100))
@settings(max_examples=200)
def test_turning_the_sweeper_off_changes_no_decision(
    terms: Terms, steps: list[Step], swept_before: list[int], percent_of_the_way: int
) -> None:
    """One walk is swept at any moments in between, the other never: all that members and tills see is the same."""
    unswept, swept = walked(terms, steps), Walk(terms)

    for number, step in enumerate(steps):
        if number in swept_before:
            swept.sweep(swept.at + timedelta(hours=step.hours) * (percent_of_the_way / 100))
        swept.go(step)

    assert swept.decisions == unswept.decisions
    assert swept.account == unswept.account


@given(TERMS, WALKS)
@settings(max_examples=150)
def test_a_late_receipt_never_touches_an_edge_that_is_written(terms: Terms, steps: list[Step]) -> None:
    walk = walked(terms, steps)
    written = list(walk.movements)

    walk.go(Step(hours=0, act="late", points=50, which=5))

    assert walk.movements[: len(written)] == written
    kinds = {movement.kind for movement in walk.movements[len(written) :]}
    assert kinds <= {EntryKind.ACCRUAL, EntryKind.ACTIVATION, EntryKind.EXPIRY}


@given(TERMS, WALKS)
@settings(max_examples=150)
def test_redeeming_and_giving_back_at_once_launders_nothing(terms: Terms, steps: list[Step]) -> None:
    walk = walked(terms, steps)
    before = walk.account

    walk.go(Step(hours=0, act="spend", points=10**9))
    walk.go(Step(hours=0, act="give back", points=1, which=len(walk.spendings) - 1))

    if not before.deficit:
        ends = {lot.id: (lot.remaining, lot.expires_at) for lot in walk.account.lots}
        assert ends == {lot.id: (lot.remaining, lot.expires_at) for lot in catch_up_fully(before, walk.at).lots}


def catch_up_fully(account: Account, at: datetime) -> Account:
    return after(account, catch_up(account, at))


@given(INSTANTS, ZONES, st.integers(0, 400), st.integers(1, 40))
def test_points_begin_and_end_with_local_days(at: datetime, zone: str, live: int, pending: int) -> None:
    terms = Terms(points_live_days=live, pending_days=pending)

    lot = new_lot(programme(terms, zone), LotId("l"), 5, at=at, recorded_at=at, funder="f")

    local, earned = ZoneInfo(zone), at.astimezone(ZoneInfo(zone)).date()
    assert lot.expires_at is not None
    last = (lot.expires_at - timedelta(milliseconds=1)).astimezone(local).date()
    assert last == earned + timedelta(days=live) or zone == "Pacific/Apia"
    assert lot.expires_at.astimezone(local).date() == earned + timedelta(days=live + 1)
    assert lot.active_from.astimezone(local).date() == earned + timedelta(days=pending)
    assert lot.pending
    assert lot.active_from > at


@given(accounts(), st.data(), st.sampled_from(ReturnPolicy))
def test_taking_back_stays_within_its_policy(account: Account, data: st.DataObject, policy: ReturnPolicy) -> None:
    points = data.draw(st.integers(1, 20_000))
    lot_id = data.draw(st.sampled_from([lot.id for lot in account.lots] or [LotId("gone")]))

    movement = take_back(account, lot_id, points, policy=policy, at=NOW)

    took, there = -movement.points, sum(lot.remaining for lot in account.lots)
    touched = {edge.lot_id for edge in movement.edges}
    if policy is ReturnPolicy.ONLY_PENDING:
        own = [lot for lot in account.lots if lot.id == lot_id and lot.active_from > NOW]
        assert took == min(points, sum(lot.remaining for lot in own))
        assert touched <= {lot_id}
    if policy is ReturnPolicy.WITHIN_BALANCE:
        assert took == min(points, there)
    if policy is ReturnPolicy.UNLIMITED:
        assert took == points
    if policy is not ReturnPolicy.UNLIMITED:
        assert movement.account.deficit == account.deficit
        assert DEFICIT not in touched


@given(accounts(), st.data(), st.sampled_from(["merchant", "bank"]))
def test_funder_first_touches_others_only_when_its_own_are_used_up(
    account: Account, data: st.DataObject, funder: str
) -> None:
    points = data.draw(st.integers(0, available(account, NOW)))

    movement = spend(account, points, NOW, order=SpendingOrder.FUNDER_FIRST, funder=funder)

    own = sum(share.remaining for share in movement.shares if share.funder == funder)
    there = sum(
        lot.remaining
        for lot in account.lots
        if lot.funder == funder and lot.active_from <= NOW and not (lot.expires_at and lot.expires_at <= NOW)
    )
    assert own == min(points, there)


@given(accounts(), accounts(), st.data())
def test_a_transfer_makes_and_loses_nothing_and_lengthens_no_life(
    sender: Account, receiver: Account, data: st.DataObject
) -> None:
    points = data.draw(st.integers(0, available(sender, NOW)))
    waiting = tuple(replace(lot, pending=lot.active_from > NOW) for lot in receiver.lots)
    receiver = replace(receiver, lots=waiting)

    sent = spend(sender, points, NOW, kind=EntryKind.TRANSFER)
    lots = [replace(share, id=LotId(f"t-{number}")) for number, share in enumerate(sent.shares)]
    received = put_in(receiver, lots, kind=EntryKind.TRANSFER, twins=True)

    assert sent.points + received.points == 0
    ends = {(lot.funder, lot.expires_at) for lot in sent.shares}
    arrived = {(edge.funder, edge.expires_at) for edge in received.edges if edge.points > 0 and edge.lot_id != DEFICIT}
    assert arrived == ends
    assert available(received.account, NOW) <= available(receiver, NOW) + points


def named(account: Account, name: str) -> Account:
    return replace(account, lots=tuple(replace(lot, id=LotId(f"{name}{lot.id}")) for lot in account.lots))


@given(accounts(), accounts())
def test_a_merge_makes_and_loses_nothing(one: Account, other: Account) -> None:
    one, other = named(one, "a"), named(other, "b")

    left = leave(other)
    joined, brought = join(one, other)

    assert left.points + joined.points == 0
    assert (left.account.balance, left.account.deficit, left.account.lots) == (0, 0, ())
    assert joined.account.balance == one.balance + other.balance
    held = sum(lot.remaining for lot in joined.account.lots)
    assert held - joined.account.deficit == joined.account.balance
    if not (one.deficit and one.lots) and not (other.deficit and other.lots):
        assert not (held and joined.account.deficit)
    assert sum(edge.points for edge in joined.edges) == joined.points
    assert {lot.lot_id for lot in brought} == {lot.id for lot in other.lots}


@given(accounts(), accounts(), st.data())
def test_parting_shares_out_just_what_there_is_and_makes_no_debt(
    one: Account, other: Account, data: st.DataObject
) -> None:
    joined, brought = join(named(one, "a"), named(other, "b"))
    points = data.draw(st.integers(0, available(joined.account, NOW)))
    spent = spend(joined.account, points, NOW).account

    out = go_home(spent, put_in_by(brought, (), currency="points"))

    home = put_in(replace(other, lots=(), balance=0, deficit=0), out.shares, kind=EntryKind.MERGE, twins=False)
    assert out.points + home.points == 0
    assert out.account.balance + home.account.balance == spent.balance
    assert all(0 < lot.remaining <= lot.issued for lot in (*out.account.lots, *home.account.lots))
    assert out.account.deficit == spent.deficit
    assert {lot.id for lot in home.account.lots} <= {lot.lot_id for lot in brought}
    if not points and not one.deficit and not other.deficit:
        assert {lot.id: lot.remaining for lot in home.account.lots} == {
            f"b{lot.id}": lot.remaining for lot in other.lots
        }


@given(accounts(), accounts(), st.integers(1, 3))
def test_merged_and_parted_at_once_both_have_what_they_had(one: Account, other: Account, times: int) -> None:
    """Without debts: one that a merge made good stays so."""
    one, other = debtless(named(one, "a")), debtless(named(other, "b"))
    survivor, merged = one, other

    for _ in range(times):
        joined, brought = join(survivor, merged)
        out = go_home(joined.account, put_in_by(brought, (), currency="points"))
        survivor, merged = out.account, come_home(leave(merged).account, out.shares).account

    assert survivor.balance == one.balance
    assert merged.balance == other.balance
    assert {as_seen(lot) for lot in survivor.lots} == {as_seen(lot) for lot in one.lots}
    assert {as_seen(lot) for lot in merged.lots} == {as_seen(lot) for lot in other.lots}


def debtless(account: Account) -> Account:
    return replace(account, deficit=0, balance=account.balance + account.deficit)


def as_seen(lot: Lot) -> tuple[object, ...]:
    return lot.id, lot.remaining, lot.expires_at, lot.active_from, lot.funder


@given(accounts(), st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(1, 30))
def test_every_end_is_reminded_of_once_while_it_is_ahead(account: Account, pauses: list[int], days: int) -> None:
    told: list[datetime] = []
    at, last = NOW, NOW

    for pause in pauses:
        at += timedelta(days=pause)
        account = catch_up_fully(account, at)
        account, reminders = remind(account, at, days=days)
        told += [reminder.expires_at for reminder in reminders]
        assert all(at < reminder.expires_at <= at + timedelta(days=days) for reminder in reminders)
        assert len(account.reminded) <= len({lot.expires_at for lot in account.lots})
        last = at

    assert len(told) == len(set(told))
    due = due_dates(account).next_reminder_for
    assert due is None or due > last + timedelta(days=days)


@given(accounts(), st.data())
def test_due_dates_come_neither_late_nor_early(account: Account, data: st.DataObject) -> None:
    account = replace(account, lots=tuple(replace(lot, pending=lot.active_from > NOW) for lot in account.lots))
    dates = due_dates(account)
    instants = [at for at in (dates.next_activation_at, dates.next_expiry_at) if at is not None]
    first = min(instants, default=None)

    at = data.draw(st.sampled_from([first - timedelta(milliseconds=1), first] if first else [NOW]))

    assert bool(catch_up(account, at)) == (first is not None and at >= first)
