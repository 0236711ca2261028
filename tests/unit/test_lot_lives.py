"""How long points live: to the end of a local day, in the lots they were earned in, and never for ever by a trick."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.bookkeeping import catch_up, new_lot
from offers.engine.lots import accrue, after, available, give_back, put_in, spend
from offers.model.ids import LotId
from offers.model.ledger import DEFICIT, Account, EntryKind
from offers.model.programme import Terms
from tests.unit.accounts import NOW, accounts
from tests.unit.ledger_walks import fresh, programme

INSTANT = timedelta(microseconds=1)
PAUSES = st.lists(st.integers(0, 60), min_size=1, max_size=10)
ZONES = st.sampled_from(["Europe/Moscow", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Africa/Cairo"])
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds


@given(INSTANTS, ZONES, st.integers(0, 40))
def test_points_may_be_spent_to_the_last_instant_of_a_local_day_and_no_longer(
    at: datetime, zone: str, live: int
) -> None:
    lot = new_lot(programme(Terms(points_live_days=live), zone), LotId("l"), 5, at=at, recorded_at=at, funder="bakery")
    account = accrue(fresh(), lot).account
    assert lot.expires_at is not None

    last, next_day = lot.expires_at - INSTANT, lot.expires_at

    assert (available(account, last), available(account, next_day)) == (5, 0)
    assert spend(account, 5, last).account.deficit == 0
    assert next_day.astimezone(ZoneInfo(zone)).date() - last.astimezone(ZoneInfo(zone)).date() == timedelta(days=1)


@pytest.mark.parametrize(
    ("earned", "ends"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)),  # the next local day
    ],
)
def test_where_clocks_are_changed_points_live_for_the_whole_day(earned: datetime, ends: datetime) -> None:
    terms = Terms(points_live_days=1)

    lot = new_lot(programme(terms, "Europe/Berlin"), LotId("l"), 5, at=earned, recorded_at=earned, funder="bakery")

    assert lot.expires_at == ends


@given(accounts(), st.data(), st.integers(0, 800), st.integers(0, 30))
def test_points_given_back_go_to_the_very_lots_they_came_from(
    account: Account, data: st.DataObject, days_later: int, grace_days: int
) -> None:
    redeemed = spend(account, data.draw(st.integers(0, available(account, NOW))), NOW)
    at = NOW + timedelta(days=days_later)

    restored = give_back(redeemed.account, redeemed.shares, at=at, grace_days=grace_days)

    lapsed = {share.id for share in redeemed.shares if share.expires_at is not None and share.expires_at <= at}
    expected = {share.id: share.remaining for share in redeemed.shares if grace_days or share.id not in lapsed}
    got = {edge.lot_id: edge.points for edge in restored.edges if edge.points > 0 and edge.lot_id != DEFICIT}
    assert got == expected
    assert restored.points == sum(expected.values())
    for lot in restored.account.lots:
        assert lot.funder == next((share.funder for share in redeemed.shares if share.id == lot.id), lot.funder)


@given(accounts(), PAUSES, st.integers(0, 14))
def test_however_often_points_are_redeemed_and_given_back_none_becomes_immortal(
    account: Account, pauses: list[int], grace_days: int
) -> None:
    """Redeem everything, wait, take it back, over and over: what had an end has one, within the grace of the last."""
    ends = {lot.id: lot.expires_at for lot in account.lots}
    at = NOW
    for pause in pauses:
        account = after(account, catch_up(account, at))
        redeemed = spend(account, available(account, at), at)
        at += timedelta(days=pause)
        caught_up = after(redeemed.account, catch_up(redeemed.account, at))
        account = give_back(caught_up, redeemed.shares, at=at, grace_days=grace_days).account

    for lot in account.lots:
        first = ends[lot.id]
        assert (lot.expires_at is None) == (first is None)
        if lot.expires_at is not None and first is not None:
            assert first <= lot.expires_at <= max(first, at + timedelta(days=grace_days))


@given(accounts(), accounts(), st.lists(st.tuples(st.booleans(), st.integers(1, 9_000)), max_size=8))
def test_points_handed_to_and_fro_keep_their_ends_and_their_funders(
    anna: Account, boris: Account, transfers: list[tuple[bool, int]]
) -> None:
    both = [_settled(anna, "a"), _settled(boris, "b")]
    before = _by_life(*both)

    for number, (there, points) in enumerate(transfers):
        giver, taker = (0, 1) if there else (1, 0)
        sent = spend(both[giver], min(points, available(both[giver], NOW)), NOW, kind=EntryKind.TRANSFER)
        lots = [replace(share, id=LotId(f"t{number}-{part}")) for part, share in enumerate(sent.shares)]
        both[giver] = sent.account
        both[taker] = put_in(both[taker], lots, kind=EntryKind.TRANSFER, twins=True).account

    assert _by_life(*both) == before


def _settled(account: Account, name: str) -> Account:
    """Give the account caught up and free of debt, with lots under names of its own."""
    account = replace(account, deficit=0, balance=account.balance + account.deficit)
    lots = tuple(replace(lot, id=LotId(f"{name}{lot.id}"), pending=lot.active_from > NOW) for lot in account.lots)
    account = replace(account, lots=lots)
    return after(account, catch_up(account, NOW))


def _by_life(*all_of: Account) -> Counter[tuple[datetime | None, str]]:
    points: Counter[tuple[datetime | None, str]] = Counter()
    for lot in (lot for account in all_of for lot in account.lots):
        points[lot.expires_at, lot.funder] += lot.remaining
    return points
