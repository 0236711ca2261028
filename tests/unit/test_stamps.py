"""Stamps: whatever is bought, brought back and voided, nobody has fewer than none, and what is undone is undone."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.returns import undo
from offers.engine.stamps import are_there, changed, given_by, left_of, net, summed, taken_back, with_collected
from offers.model.applied import StampChange
from offers.model.ids import OfferId
from offers.model.member import StampCount
from offers.model.purchase import Receipt, ReceiptState
from offers.model.returns import GoodsBack
from tests.unit.receipts import dice_of, receipt_by, some_goods

FREE_CUP, CAKE = OfferId("p1.cup"), OfferId("p1.cake")
SEEDS = st.integers(0, 2**32)


@st.composite
def purchases(draw: st.DrawFn) -> Receipt:
    """A purchase of some lines that gives stamps for some of its whole units and takes some for a use."""
    receipt = receipt_by(dice_of(draw(SEEDS)))
    by_line = tuple(draw(st.integers(0, int(line.quantity))) for line in receipt.lines)
    change = StampChange(
        offer_id=draw(st.sampled_from((FREE_CUP, CAKE))),
        given=sum(by_line),
        taken=draw(st.sampled_from((0, 0, 5))),
        by_line=by_line,
        needed=5,
    )
    return replace(receipt, stamps=(change,))


def returned(receipt: Receipt, seed: int) -> Receipt:
    """Bring back some of what is left of the purchase, or all of it."""
    dice = dice_of(seed)
    goods = None if dice.random() < 0.2 else some_goods(dice, receipt)
    return undo(receipt, goods or None).receipt


def three_cups() -> Receipt:
    """Three cups for 1 rouble each, with a stamp for each, and a use of five stamps."""
    line = replace(
        receipt_by(dice_of(0), most_lines=1).lines[0],
        quantity=Decimal(3), total_minor=300, discount_minor=0, redeemed_minor=0, payable_minor=300, points_accrued=0,
    )  # fmt: skip
    change = StampChange(offer_id=FREE_CUP, given=3, taken=5, by_line=(3,), needed=5)
    return replace(
        receipt_by(dice_of(0), most_lines=1),
        lines=(line,), total_minor=300, payable_minor=300, spent=(), points_redeemed=0, stamps=(change,),
    )  # fmt: skip


def voided(receipt: Receipt) -> Receipt:
    return replace(receipt, state=ReceiptState.VOIDED)


@given(st.lists(purchases(), max_size=4), st.data())
def test_any_mix_of_purchases_returns_and_voids_never_goes_below_none(
    bought: list[Receipt], data: st.DataObject
) -> None:
    counts: tuple[StampCount, ...] = ()
    live = list(bought)
    for receipt in live:
        counts = changed(counts, given_by(receipt.stamps))
    for _ in range(data.draw(st.integers(0, 8))):
        alive = [number for number, receipt in enumerate(live) if receipt.state is ReceiptState.SETTLED]
        if not alive:
            break
        number = data.draw(st.sampled_from(alive))
        before = live[number]
        live[number] = returned(before, data.draw(SEEDS)) if data.draw(st.booleans()) else voided(before)
        counts = changed(counts, taken_back(before, live[number]))

    assert all(count.stamps >= 0 and count.owed >= 0 and not (count.stamps and count.owed) for count in counts)
    assert {count.offer_id: net(count) for count in counts} == summed(*(left_of(receipt) for receipt in live))


@given(purchases(), purchases(), st.sampled_from((0, 5)))
def test_a_void_restores_exactly_what_was(earlier: Receipt, receipt: Receipt, used_between: int) -> None:
    before = changed((), given_by(earlier.stamps))

    counts = changed(before, given_by(receipt.stamps))
    counts = changed(counts, {FREE_CUP: -used_between})
    counts = changed(counts, taken_back(receipt, voided(receipt)))
    counts = changed(counts, {FREE_CUP: used_between})

    assert counts == before


@given(purchases(), st.data())
def test_returns_sum_to_the_whole_and_never_to_more(receipt: Receipt, data: st.DataObject) -> None:
    change, now, back = receipt.stamps[0], receipt, 0
    while now.state is ReceiptState.SETTLED:
        before, now = now, returned(now, data.draw(SEEDS))
        back += taken_back(before, now).get(change.offer_id, 0)
        assert now.state is not ReceiptState.SETTLED or -change.given <= back <= 0

    assert back == change.taken - change.given
    assert left_of(now) == {}


def test_a_part_that_comes_back_takes_its_own_stamps_and_the_use_stays_used() -> None:
    receipt = three_cups()

    one_back = undo(receipt, [GoodsBack(line=0, quantity=Decimal(1))]).receipt

    assert taken_back(receipt, one_back) == {FREE_CUP: -1}


def test_stamps_that_were_used_and_come_back_are_owed() -> None:
    owing = changed((StampCount(offer_id=FREE_CUP, stamps=1),), {FREE_CUP: -3})

    assert owing == (StampCount(offer_id=FREE_CUP, stamps=0, owed=2),)
    assert changed(owing, {FREE_CUP: 3}) == (StampCount(offer_id=FREE_CUP, stamps=1),)
    free = {count.offer_id: count.stamps for count in owing}
    assert not are_there(free, (StampChange(offer_id=FREE_CUP, given=0, taken=1),))


def test_a_receipt_says_how_many_there_are_after_it() -> None:
    (change,) = with_collected(three_cups(), (StampCount(offer_id=FREE_CUP, stamps=4),)).stamps

    assert change.collected == 4
