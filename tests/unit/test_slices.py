"""Escrow slices: whatever is cut, taken, put back, merged or resized, the parts are the whole."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offers.engine.refills import Returned, refill_target
from offers.engine.slices import choose, cut, merged, resized, should_merge, start_of
from offers.model.budget import BudgetId, Slice
from offers.model.ids import ProgrammeId
from offers.model.take import Refill, Take, TakeKind, TakeState

caps = st.integers(0, 10**12)
counts = st.integers(1, 64)


def pocket(shares: tuple[int, ...]) -> list[Slice]:
    return [
        Slice(id=f"p|{number}", budget_id=BudgetId("b"), pocket="p", number=number, share=share, remaining=share)
        for number, share in enumerate(shares)
    ]


@given(caps, counts)
def test_the_parts_of_a_cap_are_the_cap_and_differ_by_one_at_most(cap: int, slices: int) -> None:
    parts = cut(cap, slices)

    assert (sum(parts), len(parts)) == (cap, slices)
    assert max(parts) - min(parts) <= 1


@given(st.lists(st.integers(0, 50), min_size=1, max_size=32), st.integers(1, 60), st.integers(0, 31))
def test_a_slice_is_found_whenever_one_holds_the_amount(remaining: list[int], amount: int, start: int) -> None:
    chosen = choose(remaining, amount, start=start % len(remaining))

    if chosen is None:
        assert max(remaining) < amount
    else:
        assert remaining[chosen] >= amount


def test_takers_begin_at_their_own_slice_and_spread_evenly() -> None:
    starts = [start_of(f"member-{number}", 16) for number in range(16_000)]

    assert starts == [start_of(f"member-{number}", 16) for number in range(16_000)]
    assert all(850 < starts.count(number) < 1_150 for number in range(16))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=32))
def test_merging_moves_everything_into_one_and_loses_nothing(remaining: list[int]) -> None:
    gathered = merged(remaining)

    assert sum(gathered) == sum(remaining)
    assert gathered[0] == sum(remaining)
    assert not should_merge(gathered, 10**15)


def test_slices_merge_when_less_than_a_twentieth_remains() -> None:
    assert not should_merge([3, 2], 100)
    assert should_merge([2, 2], 100)
    assert not should_merge([4, 0], 100)


class Pocket(RuleBasedStateMachine):
    """A pocket under any mix of takes, refunds, merges and changes of its cap."""

    def __init__(self) -> None:
        super().__init__()
        self.cap = 100
        self.slices = pocket(cut(100, 7))
        self.taken: list[tuple[int, int]] = []

    @rule(amount=st.integers(1, 40), member=st.integers(0, 30))
    def take(self, amount: int, member: int) -> None:
        remaining = [each.remaining for each in self.slices]
        chosen = choose(remaining, amount, start=start_of(str(member), len(remaining)))
        if chosen is not None:
            self.slices[chosen] = replace(self.slices[chosen], remaining=remaining[chosen] - amount)
            self.taken.append((chosen, amount))

    @precondition(lambda self: self.taken)
    @rule(which=st.integers(0, 1_000))
    def put_back(self, which: int) -> None:
        number, amount = self.taken.pop(which % len(self.taken))
        self.slices[number] = replace(self.slices[number], remaining=self.slices[number].remaining + amount)

    @rule()
    def merge(self) -> None:
        left = merged([each.remaining for each in self.slices])
        self.slices = [replace(each, remaining=now) for each, now in zip(self.slices, left, strict=True)]

    @rule(cap=st.integers(0, 300))
    def resize(self, cap: int) -> None:
        self.slices = list(resized(self.slices, cap))
        self.cap = cap
        assert sum(each.share for each in self.slices) == max(cap, self.out())
        assert tuple(self.slices) == resized(self.slices, cap)

    def out(self) -> int:
        return sum(amount for _, amount in self.taken)

    @invariant()
    def nothing_leaks(self) -> None:
        assert sum(each.share for each in self.slices) == sum(each.remaining for each in self.slices) + self.out()
        assert all(each.remaining >= 0 for each in self.slices)


TestPocket = Pocket.TestCase
TestPocket.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)


def settled(amount: int, refill: Refill) -> Take:
    return Take(
        key="k",
        cause="c",
        kind=TakeKind.BUDGET,
        programme_id=ProgrammeId("p"),
        source="s",
        pocket="p",
        amount=amount,
        state=TakeState.SETTLED,
        at=None,  # type: ignore[arg-type] # a refill asks for no instant
        until=None,
        member_id=None,
        outlet_id=None,
        refill=refill,
    )


@given(
    st.integers(1, 10**6),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=12),
    st.sampled_from(list(Refill)),
)
def test_any_split_of_a_return_gives_back_the_same_as_one(amount: int, parts: list[int], refill: Refill) -> None:
    total, so_far = sum(parts), 0
    take = settled(amount, refill)
    for part in parts:
        so_far += part
        returned, refilled = refill_target(take, Returned(returned_minor=so_far, total_minor=total))
        assert returned >= take.returned
        assert take.refilled <= refilled <= returned <= amount
        take = replace(take, returned=returned, refilled=refilled)

    whole = refill_target(settled(amount, refill), Returned(returned_minor=total, total_minor=total))
    assert (take.returned, take.refilled) == whole
    assert take.refilled == (0 if refill is Refill.NEVER else amount)


def test_a_part_of_a_return_frees_no_use() -> None:
    part = Returned(returned_minor=99, total_minor=100)

    assert refill_target(settled(1, Refill.ALWAYS), part) == (0, 0)
    assert refill_target(settled(1_000, Refill.FULL_RETURN_ONLY), part) == (990, 0)
    assert refill_target(settled(1_000, Refill.ALWAYS), part) == (990, 990)


def test_a_purchase_worth_nothing_is_returned_by_word() -> None:
    assert refill_target(settled(1, Refill.ALWAYS), Returned(returned_minor=0, total_minor=0, is_whole=True)) == (1, 1)
