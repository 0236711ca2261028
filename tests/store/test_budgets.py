"""Budgets on the real MongoDB: held once, settled, released, returned, and never more than their cap."""

import asyncio
from datetime import timedelta

import pytest

from offers.engine.refills import Returned
from offers.flows.hold_budgets import HoldBudgets
from offers.flows.look_at_budgets import LookAtBudgets
from offers.flows.release_takes import ReleaseLapsed, ReleaseTakes
from offers.flows.return_takes import ReturnTakes
from offers.flows.set_budget import SetBudget
from offers.flows.settle_takes import SettleTakes
from offers.model.budget import Ask, Budget, BudgetId, CountedFor, Measure, Period
from offers.model.ids import MemberId, OutletId, ProgrammeId
from offers.model.limit_errors import BudgetExhausted, HoldLapsed, NothingTaken
from offers.model.take import Refill, Taker, TakeState
from offers.store.store import Store
from tests.clock import SettableClock

PROGRAMME = ProgrammeId("p1")
MINUTES = timedelta(minutes=15)


def budget(clock: SettableClock, name: str = "b1", **changes: object) -> Budget:
    fields: dict[str, object] = {
        "id": BudgetId(name),
        "programme_id": PROGRAMME,
        "owner": "campaign:spring",
        "name": name,
        "measure": Measure.USES,
        "cap": 10,
        "zone": "Europe/Moscow",
        "created_at": clock(),
        **changes,
    }
    return Budget(**fields)  # type: ignore[arg-type] # a test's own keywords


def taker(member: str = "m1", outlet: str = "o1") -> Taker:
    return Taker(programme_id=PROGRAMME, member_id=MemberId(member), outlet_id=OutletId(outlet))


async def hold(
    store: Store, clock: SettableClock, *asks: Ask, cause: str = "q1", by: Taker | None = None, for_good: bool = False
) -> list[str]:
    until = None if for_good else clock() + MINUTES
    takes = await HoldBudgets(store, clock)(asks, by or taker(), cause=cause, until=until)
    return [take.state for take in takes]


async def left(store: Store, clock: SettableClock, of: Budget, by: Taker | None = None) -> int:
    (sight,) = await LookAtBudgets(store, clock).left_of([of], by or taker())
    return sight.left


async def whole(store: Store, clock: SettableClock) -> bool:
    return all([proof.is_whole async for proof in LookAtBudgets(store, clock).prove()])


async def test_a_hold_asked_for_twice_is_held_once(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)

    first = await hold(store, clock, Ask(budget=uses, amount=3))
    again = await hold(store, clock, Ask(budget=uses, amount=3))

    assert first == again == [TakeState.HELD]
    assert await left(store, clock, uses) == 7
    assert await whole(store, clock)


async def test_a_hold_is_answered_again_though_the_budget_is_used_up(store: Store, clock: SettableClock) -> None:
    uses = budget(clock, cap=1)
    await hold(store, clock, Ask(budget=uses, amount=1))

    again = await hold(store, clock, Ask(budget=uses, amount=1))

    assert again == [TakeState.HELD]
    with pytest.raises(BudgetExhausted) as refusal:
        await hold(store, clock, Ask(budget=uses, amount=1), cause="q2")
    assert (refusal.value.left, refusal.value.asked) == (0, 1)


async def test_all_budgets_of_a_cause_are_held_or_none(store: Store, clock: SettableClock) -> None:
    uses, money = budget(clock), budget(clock, "money", measure=Measure.MONEY, cap=500)

    with pytest.raises(BudgetExhausted):
        await hold(store, clock, Ask(budget=uses, amount=1), Ask(budget=money, amount=501))

    assert await left(store, clock, uses) == 10
    assert not any(take.is_out for take in await store.reading.takes.of_cause("q1"))
    await hold(store, clock, Ask(budget=uses, amount=1), Ask(budget=money, amount=500))
    assert (await left(store, clock, uses), await left(store, clock, money)) == (9, 0)


async def test_settling_twice_is_settling_once_and_touches_no_slice(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    await hold(store, clock, Ask(budget=uses, amount=2))

    first = await SettleTakes(store, clock)("q1")
    again = await SettleTakes(store, clock)("q1")

    assert first == again
    assert first[0].state is TakeState.SETTLED
    assert await left(store, clock, uses) == 8


async def test_what_was_released_is_there_again_and_cannot_be_settled(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    await hold(store, clock, Ask(budget=uses, amount=4))

    released = await ReleaseTakes(store, clock)("q1")
    again = await ReleaseTakes(store, clock)("q1")

    assert (len(released), again) == (1, [])
    assert await left(store, clock, uses) == 10
    with pytest.raises(HoldLapsed):
        await SettleTakes(store, clock)("q1")
    assert await hold(store, clock, Ask(budget=uses, amount=4)) == [TakeState.HELD]
    assert await left(store, clock, uses) == 6
    assert await whole(store, clock)


async def test_a_settled_take_is_not_released(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    await hold(store, clock, Ask(budget=uses, amount=4), for_good=True)

    assert await ReleaseTakes(store, clock)("q1") == []
    assert await left(store, clock, uses) == 6


async def test_a_hold_whose_time_is_over_makes_room_though_nothing_swept_it(store: Store, clock: SettableClock) -> None:
    uses = budget(clock, cap=1)
    await hold(store, clock, Ask(budget=uses, amount=1))
    clock.move(MINUTES)

    assert await hold(store, clock, Ask(budget=uses, amount=1), cause="q2") == [TakeState.HELD]

    with pytest.raises(HoldLapsed):
        await SettleTakes(store, clock)("q1")
    assert await whole(store, clock)


async def test_a_late_settlement_counts_while_nobody_released_the_hold(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    await hold(store, clock, Ask(budget=uses, amount=1))
    clock.move(MINUTES * 2)

    (take,) = await SettleTakes(store, clock)("q1")
    released = await ReleaseLapsed(store, clock)()

    assert (take.state, released) == (TakeState.SETTLED, 0)
    assert await left(store, clock, uses) == 9


async def test_the_sweeper_releases_what_lapsed_and_nothing_else(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    for number in range(4):
        await hold(store, clock, Ask(budget=uses, amount=1), cause=f"q{number}")
        clock.move(timedelta(minutes=5))

    assert await ReleaseLapsed(store, clock)() == 2
    assert await left(store, clock, uses) == 8


@pytest.mark.parametrize(
    ("refill", "after_part", "after_whole"),
    [(Refill.NEVER, 900, 900), (Refill.FULL_RETURN_ONLY, 900, 1_000), (Refill.ALWAYS, 933, 1_000)],
)
async def test_a_return_refills_as_the_policy_says(
    store: Store, clock: SettableClock, refill: Refill, after_part: int, after_whole: int
) -> None:
    money = budget(clock, measure=Measure.MONEY, cap=1_000, refill=refill)
    await hold(store, clock, Ask(budget=money, amount=100), for_good=True)
    give_back = ReturnTakes(store, clock)

    await give_back("q1", Returned(returned_minor=10, total_minor=30))
    await give_back("q1", Returned(returned_minor=10, total_minor=30))
    part = await left(store, clock, money)
    await give_back("q1", Returned(returned_minor=30, total_minor=30))
    await give_back("q1", Returned(returned_minor=30, total_minor=30))

    assert (part, await left(store, clock, money)) == (after_part, after_whole)
    assert await whole(store, clock)


async def test_what_was_never_taken_is_not_returned(store: Store, clock: SettableClock) -> None:
    with pytest.raises(NothingTaken):
        await ReturnTakes(store, clock)("q1", Returned(returned_minor=1, total_minor=1))


async def test_a_cap_for_each_member_or_outlet_and_period_is_counted_apart(store: Store, clock: SettableClock) -> None:
    each_member = budget(clock, "member", cap=1, counted_for=CountedFor.MEMBER, period=Period.MONTH)
    each_outlet = budget(clock, "outlet", cap=1, counted_for=CountedFor.OUTLET)

    await hold(store, clock, Ask(budget=each_member, amount=1), Ask(budget=each_outlet, amount=1))

    with pytest.raises(BudgetExhausted):
        await hold(store, clock, Ask(budget=each_member, amount=1), cause="q2", by=taker("m1", "o2"))
    with pytest.raises(BudgetExhausted):
        await hold(store, clock, Ask(budget=each_outlet, amount=1), cause="q3", by=taker("m2", "o1"))
    await hold(store, clock, Ask(budget=each_member, amount=1), cause="q4", by=taker("m2", "o1"))
    clock.move(timedelta(days=31))
    await hold(store, clock, Ask(budget=each_member, amount=1), cause="q5")
    assert await whole(store, clock)


async def test_an_amount_larger_than_any_slice_is_taken_from_all_of_them(store: Store, clock: SettableClock) -> None:
    sliced = budget(clock, cap=100, slices=16)

    await hold(store, clock, Ask(budget=sliced, amount=90))
    await hold(store, clock, Ask(budget=sliced, amount=10), cause="q2")

    assert await left(store, clock, sliced) == 0
    assert await whole(store, clock)


async def test_slices_are_merged_near_the_end_of_a_cap(store: Store, clock: SettableClock) -> None:
    sliced = budget(clock, cap=100, slices=4)
    for number in range(97):
        await hold(store, clock, Ask(budget=sliced, amount=1), cause=f"q{number}", by=taker(f"m{number}"))

    with pytest.raises(BudgetExhausted):
        await hold(store, clock, Ask(budget=sliced, amount=4), cause="too much")

    (slices,) = (await store.reading.budgets.slices(["b1|all|ever"])).values()
    assert [each.remaining for each in slices] == [3, 0, 0, 0]
    assert await whole(store, clock)


async def test_a_changed_cap_is_followed_and_never_falls_below_what_is_out(store: Store, clock: SettableClock) -> None:
    kept = await SetBudget(store, clock, bytes).add(budget(clock, cap=10, slices=3))
    await hold(store, clock, Ask(budget=kept, amount=6))
    set_budget = SetBudget(store, clock, bytes)

    smaller = await set_budget.change_cap(PROGRAMME, kept.id, 4)
    with pytest.raises(BudgetExhausted):
        await hold(store, clock, Ask(budget=smaller, amount=1), cause="q2")
    larger = await set_budget.change_cap(PROGRAMME, kept.id, 9)
    await hold(store, clock, Ask(budget=larger, amount=3), cause="q3")

    assert await left(store, clock, larger) == 0
    assert await whole(store, clock)


@pytest.mark.parametrize("slices", [1, 16])
async def test_a_hundred_at_once_get_exactly_the_cap(store: Store, clock: SettableClock, slices: int) -> None:
    hot = budget(clock, cap=30, slices=slices)

    answers = await asyncio.gather(
        *(
            hold(store, clock, Ask(budget=hot, amount=1), cause=f"q{number}", by=taker(f"m{number}"))
            for number in range(100)
        ),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, BudgetExhausted) for answer in refused), refused
    assert len(answers) - len(refused) == 30
    assert await whole(store, clock)


async def test_one_cause_asked_by_ten_at_once_is_held_once(store: Store, clock: SettableClock) -> None:
    uses = budget(clock, slices=4)

    await asyncio.gather(*(hold(store, clock, Ask(budget=uses, amount=2)) for _ in range(10)))

    assert await left(store, clock, uses) == 8
    assert await whole(store, clock)


async def test_the_proof_names_a_pocket_that_leaked(store: Store, clock: SettableClock) -> None:
    uses = budget(clock)
    await hold(store, clock, Ask(budget=uses, amount=2))
    await store.database["slices"].update_one({}, {"$inc": {"remaining": 1}})

    (proof,) = [proof async for proof in LookAtBudgets(store, clock).prove(uses.id)]

    assert not proof.is_whole
    assert (proof.pocket, proof.cap, proof.remaining, proof.out) == ("b1|all|ever", 10, 9, 2)
