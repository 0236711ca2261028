"""Returns on the real MongoDB: any split sums to the whole, nothing comes back twice."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.flows.find_receipts import FindReceipts
from offers.model.checkout_errors import OverReturn, UnknownLine
from offers.model.errors import KeyReused, UnknownCheckout
from offers.model.purchase import ReceiptState
from offers.model.returns import GoodsBack, Return
from offers.store.store import Store
from tests.checkout_house import CheckoutHouse, line, open_checkout_house
from tests.clock import SettableClock
from tests.returned_goods import amount, lots, member_now, member_with_two_lots, three_lines, whole
from tests.unit.receipts import dice_of, some_goods


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> CheckoutHouse:
    return await open_checkout_house(store, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def member(house: CheckoutHouse) -> Enrolment:
    return await member_with_two_lots(house)


async def test_a_line_that_comes_back_undoes_its_own_share(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    made = await house.bring_back(receipt, whole(0))

    (undone,) = made.lines
    assert (undone.total_minor, undone.redeemed_minor, undone.refund_minor) == (10_000, 2_667, 7_333)
    assert (made.points_returned, made.points_taken_back, made.balance) == (27, 7, 100 - 80 + 22 + 27 - 7)
    assert not made.is_whole
    now = await house.now(receipt)
    assert (now.state, now.returned) == (ReceiptState.SETTLED, made.lines)
    assert sum(now.given_back) == 27
    await house.verify()


async def test_parts_of_every_kind_sum_to_the_whole_and_leave_the_account_as_it_was(
    house: CheckoutHouse, member: Enrolment
) -> None:
    before = await lots(house, member)
    counters = (await member_now(house, member)).counters
    receipt = await three_lines(house, member)

    parts = [
        await house.bring_back(receipt, GoodsBack(line=1, quantity=Decimal(1)), amount(3_333), ref="R-1"),
        await house.bring_back(receipt, GoodsBack(line=1, quantity=Decimal("1.5")), ref="R-2"),
        await house.bring_back(receipt, amount(1), whole(2), ref="R-3"),
        await house.bring_back(receipt, ref="R-4"),
    ]

    assert sum(part.refund_minor for part in parts) == receipt.payable_minor
    assert sum(part.points_returned for part in parts) == receipt.points_redeemed == 80
    assert sum(part.points_taken_back for part in parts) == receipt.points_accrued == 22
    assert [part.is_whole for part in parts] == [False, False, False, True]
    assert await lots(house, member) == before
    assert (await house.now(receipt)).state is ReceiptState.RETURNED
    now = (await member_now(house, member)).counters
    assert (now.purchases, now.spend_minor, now.categories) == (
        counters.purchases,
        counters.spend_minor,
        counters.categories,
    )
    await house.verify()


@pytest.mark.parametrize("seed", range(12))
async def test_any_split_leaves_the_same_lots(house: CheckoutHouse, member: Enrolment, seed: int) -> None:
    dice, before = dice_of(seed), await lots(house, member)
    receipt = await three_lines(house, member)

    made: list[Return] = []
    while (now := await house.now(receipt)).state is not ReceiptState.RETURNED:
        goods = some_goods(dice, now) if len(made) < 5 else ()
        made.append(await house.bring_back(receipt, *goods, ref=f"R-{len(made)}"))

    assert sum(part.refund_minor for part in made) == receipt.payable_minor
    assert await lots(house, member) == before
    await house.verify()


async def test_a_return_sent_again_is_the_same_return(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    first = await house.bring_back(receipt, whole(0), key="k-1")
    await house.bring_back(receipt, whole(2), ref="R-2")
    again = await house.bring_back(receipt, whole(0), key="k-1")
    with_another_key = await house.bring_back(receipt, whole(0), key="k-2")

    assert first == again == with_another_key
    returns = await FindReceipts(house.store).returns_of([receipt])
    assert [each.return_ref for each in returns[receipt.id]] == ["R-1", "R-2"]
    await house.verify()


async def test_a_reference_or_key_is_not_used_for_another_return(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    await house.bring_back(receipt, whole(0), ref="R-1", key="k-1")
    await house.bring_back(receipt, whole(2), ref="R-2", key="k-2")
    other = await house.sell(member, line(5_000), order="S-2")
    await house.settle(replace(house.purchase(member, line(5_000), order="S-3"), idempotency_key="k-sale"))

    for goods, ref, key in (
        (whole(1), "R-1", None),  # another body
        (whole(1), "R-9", "k-1"),
        (whole(0), "R-1", "k-2"),  # two returns at once
        (whole(1), "R-9", "k-sale"),  # a sale's
    ):
        with pytest.raises(KeyReused):
            await house.bring_back(receipt, goods, ref=ref, key=key)
    with pytest.raises(KeyReused):
        await house.bring_back(other, whole(0), ref="R-1", key="k-1")
    assert (await house.bring_back(other, whole(0), ref="R-1")).checkout_id == other.id


async def test_ten_tills_that_send_one_return_at_once_return_once(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)

    made = await asyncio.gather(*(house.bring_back(receipt, whole(0)) for _ in range(10)))

    assert len({each.at for each in made}) == 1
    assert (await house.now(receipt)).returned == made[0].lines
    await house.verify()


async def test_tills_that_return_at_once_never_return_more_than_was_sold(
    house: CheckoutHouse, member: Enrolment
) -> None:
    receipt = await house.sell(member, line(10_000), points=50)

    answers = await asyncio.gather(
        *(house.bring_back(receipt, amount(3_000), ref=f"R-{number}") for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(answer, OverReturn) for answer in answers) == 5
    assert sum(answer.total_minor for answer in answers if isinstance(answer, Return)) == 9_000
    await house.verify()


async def test_what_cannot_come_back_is_refused_and_changes_nothing(house: CheckoutHouse, member: Enrolment) -> None:
    receipt = await three_lines(house, member)
    before = await house.account(member.member.id)

    with pytest.raises(OverReturn) as refusal:
        await house.bring_back(receipt, whole(0), GoodsBack(line=1, quantity=Decimal("3.001")))
    with pytest.raises(UnknownLine):
        await house.bring_back(receipt, whole(3))
    with pytest.raises(UnknownCheckout):
        await house.bring_back(receipt, whole(0), till=house.till_of("elsewhere"))

    assert (refusal.value.line, refusal.value.quantity_left, refusal.value.left_minor) == (1, "3", 12_000)
    assert await house.now(receipt) == receipt
    after = await house.account(member.member.id)
    assert (after.balance, after.lots, after.seq) == (before.balance, before.lots, before.seq)
