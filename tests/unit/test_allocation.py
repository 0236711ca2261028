"""The law of sharing: the shares are the whole."""

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.allocation import share_out

WEIGHTS = st.lists(st.integers(0, 10**9), max_size=20)


@given(st.integers(0, 10**12), WEIGHTS)
def test_shares_sum_to_the_whole_unless_nobody_may_have_any(amount: int, weights: list[int]) -> None:
    shares = share_out(amount, weights)

    assert len(shares) == len(weights)
    assert sum(shares) == (amount if any(weights) else 0)
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


@given(WEIGHTS, st.data())
def test_nobody_gets_more_than_their_weight_of_what_the_weights_can_bear(
    weights: list[int], data: st.DataObject
) -> None:
    shares = share_out(data.draw(st.integers(0, sum(weights))), weights)

    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(st.integers(0, 10**12), WEIGHTS.filter(any))
def test_nobody_is_a_whole_unit_from_their_fair_share(amount: int, weights: list[int]) -> None:
    whole = sum(weights)

    for share, weight in zip(share_out(amount, weights), weights, strict=True):
        assert abs(share * whole - amount * weight) < whole
