"""The laws of holds: points kept for a purchase are there for no other, and free again by themselves."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.holds import MAX_HOLDS, free, held, hold, release
from offers.engine.lots import available
from offers.model.checkout_errors import TooManyHolds
from offers.model.errors import NotEnoughPoints
from offers.model.ledger import Account, Hold
from tests.unit.accounts import NOW, accounts

ASKS = st.lists(
    st.builds(
        lambda key, points, minutes: Hold(key=f"q{key}", points=points, until=NOW + timedelta(minutes=minutes)),
        st.integers(0, 8),
        st.integers(0, 9_000),
        st.integers(1, 15),
    ),
    max_size=25,
)


def holding(account: Account, asks: list[Hold], at: datetime = NOW) -> Account:
    """Hold what may be held; the rest is refused and changes nothing."""
    for asked in asks:
        with suppress(NotEnoughPoints):
            account = hold(account, asked, at)
    return account


@given(accounts(), ASKS)
def test_no_point_is_held_twice_and_nothing_moves(account: Account, asks: list[Hold]) -> None:
    after = holding(account, asks)

    assert held(after, NOW) <= available(account, NOW)
    assert held(after, NOW) + free(after, NOW) == available(account, NOW)
    assert (after.balance, after.lots, after.deficit) == (account.balance, account.lots, account.deficit)
    keys = [each.key for each in after.holds]
    assert len(keys) == len(set(keys))


@given(accounts(), ASKS, st.integers(0, 20))
def test_a_hold_that_is_over_counts_for_nothing_removed_or_not(
    account: Account, asks: list[Hold], minutes: int
) -> None:
    kept, at = holding(account, asks), NOW + timedelta(minutes=minutes)

    cleared = release(kept, "nobody's", at)

    assert free(kept, at) == free(cleared, at)
    assert held(kept, at) == held(cleared, at) == sum(each.points for each in kept.holds if each.until > at)


@given(accounts(), ASKS, st.data())
def test_a_release_frees_just_what_the_hold_kept(account: Account, asks: list[Hold], data: st.DataObject) -> None:
    kept = holding(account, asks)
    key = data.draw(st.sampled_from([each.key for each in kept.holds] or ["q0"]))
    points = sum(each.points for each in kept.holds if each.key == key)

    released = release(kept, key, NOW)

    assert free(released, NOW) == free(kept, NOW) + points
    assert release(released, key, NOW) == released


@given(accounts(), st.integers(1, 9_000))
def test_holding_again_renews_and_holds_no_more(account: Account, points: int) -> None:
    once = holding(account, [Hold(key="q", points=points, until=NOW + timedelta(minutes=5))])
    renewed = Hold(key="q", points=points, until=NOW + timedelta(minutes=15))

    again = holding(once, [renewed, renewed])

    assert held(again, NOW) == held(once, NOW)
    assert again.holds == ((renewed,) if once.holds else ())


@given(accounts())
def test_a_member_has_a_bounded_number_of_holds(account: Account) -> None:
    until = NOW + timedelta(minutes=15)
    if available(account, NOW) < MAX_HOLDS:
        return
    full = holding(account, [Hold(key=f"q{number}", points=1, until=until) for number in range(MAX_HOLDS)])

    with pytest.raises((TooManyHolds, NotEnoughPoints)):
        hold(full, Hold(key="one more", points=1, until=until), NOW)
