"""Sales reported late come to the same points in whatever order and at whatever time each of them arrives."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from offers.engine.bookkeeping import catch_up, new_lot
from offers.engine.lots import Movement, accrue, after, available, spend
from offers.engine.timeliness import LATE_DAYS
from offers.model.ids import LotId
from offers.model.ledger import Account, SpendingOrder
from offers.model.programme import Terms
from tests.unit.ledger_walks import START, fresh, programme

END = START + timedelta(days=LATE_DAYS + 1)
TERMS = st.builds(
    Terms,
    points_live_days=st.none() | st.integers(0, 40),
    pending_days=st.integers(0, 4),
    spending_order=st.sampled_from(SpendingOrder),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    sold_at: datetime
    points: int
    funder: str


SALES = st.lists(
    st.builds(
        Sale,
        sold_at=st.integers(0, 24 * 6).map(lambda hours: START + timedelta(hours=hours)),
        points=st.integers(1, 300),
        funder=st.sampled_from(["bakery", "cinema"]),
    ),
    min_size=2,
    max_size=9,
)
DELAYS = st.lists(st.integers(0, 24 * LATE_DAYS - 24 * 7), min_size=9, max_size=9)


def arrived(terms: Terms, sales: list[Sale], delays: list[int]) -> tuple[Account, int]:
    """Let each sale arrive so many hours after it happened; give the account at the end, and what expired."""
    arrivals = sorted(
        (sale.sold_at + timedelta(hours=delay), number)
        for number, (sale, delay) in enumerate(zip(sales, delays))  # noqa: B905 - as many sales as there are
    )
    account, expired = fresh(), 0

    def keep(movements: list[Movement]) -> None:
        nonlocal account, expired
        account = after(account, movements)
        expired -= sum(movement.points for movement in movements if movement.points < 0)

    for at, number in arrivals:
        sale = sales[number]
        keep(catch_up(account, at))
        lot = new_lot(
            programme(terms), LotId(f"l{number}"), sale.points, at=sale.sold_at, recorded_at=at, funder=sale.funder
        )
        keep([accrue(account, lot, at=at)])
    keep(catch_up(account, END))
    return account, expired


@given(TERMS, SALES, DELAYS, st.permutations(range(9)))
def test_the_balance_and_what_expired_do_not_depend_on_when_each_sale_arrives(
    terms: Terms, sales: list[Sale], delays: list[int], order: list[int]
) -> None:
    account, expired = arrived(terms, sales, delays)
    shuffled, expired_then = arrived(terms, sales, [delays[place] for place in order])

    assert (shuffled.balance, expired_then) == (account.balance, expired)
    assert account.balance + expired == sum(sale.points for sale in sales)
    assert lives(shuffled) == lives(account)
    for days in range(0, 45, 3):
        at = END + timedelta(days=days)
        assert available(shuffled, at) == available(account, at)


def sale(hours: int, funder: str) -> Sale:
    return Sale(sold_at=START + timedelta(hours=hours), points=1, funder=funder)


@given(TERMS, SALES, DELAYS, st.permutations(range(9)), st.integers(0, 2_000))
@example(  # a lot that arrives after its activation joins an older one, which it does not when it arrives in time
    Terms(points_live_days=None, pending_days=1),
    [sale(0, "bakery"), sale(11, "bakery"), sale(0, "bakery"), sale(0, "cinema")],
    [0, 0, 0, 0, 0, 0, 0, 20, 0],
    [0, 7, 2, 3, 4, 5, 6, 1, 8],
    3,
)
def test_points_that_arrived_in_another_order_are_spent_alike(
    terms: Terms, sales: list[Sale], delays: list[int], order: list[int], points: int
) -> None:
    account, _ = arrived(terms, sales, delays)
    shuffled, _ = arrived(terms, sales, [delays[place] for place in order])
    points = min(points, available(account, END))

    spent, spent_then = (
        spend(each, points, END, order=terms.spending_order, funder="bakery") for each in (account, shuffled)
    )

    assert lives(spent_then.account) == lives(spent.account)


def lives(account: Account) -> Counter[tuple[datetime | None, str]]:
    """What is left by end and funder: how it is divided into lots, and under what names, says what came first."""
    points: Counter[tuple[datetime | None, str]] = Counter()
    for lot in account.lots:
        points[lot.expires_at, lot.funder] += lot.remaining
    return points
