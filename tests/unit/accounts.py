"""Hypothesis's picture of accounts and purchases, for the laws of points and prices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from offers.model.ids import CardId, LotId, MemberId, ProgrammeId
from offers.model.ledger import POINTS, Account, Lot
from offers.model.programme import DiscountLevel, LocalText, Programme, Terms
from offers.model.purchase import Line, Purchase

NOW = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
DAYS = st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days))


@st.composite
def lots(draw: st.DrawFn) -> tuple[Lot, ...]:
    """Open, not yet open, run out and immortal lots, in any order."""
    made = []
    for number in range(draw(st.integers(0, 6))):
        remaining = draw(st.integers(1, 10_000))
        made.append(
            Lot(
                id=LotId(f"lot{number}"),
                issued=remaining + draw(st.integers(0, 5_000)),
                remaining=remaining,
                active_from=draw(DAYS),
                expires_at=draw(st.none() | DAYS),
                funder=draw(st.sampled_from(["merchant", "bank"])),
            )
        )
    return tuple(draw(st.permutations(made)))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Accounts as the ledger leaves them: the balance is what the lots hold, less the deficit."""
    held = draw(lots())
    deficit = draw(st.integers(0, 3_000))
    return Account(
        member_id=MemberId("m"),
        programme_id=ProgrammeId("p"),
        currency=POINTS,
        balance=sum(lot.remaining for lot in held) - deficit,
        deficit=deficit,
        lots=held,
    )


def fresh_lots(name: str = "new") -> st.SearchStrategy[Lot]:
    """Lots as an accrual brings them: full, and open now."""
    return st.builds(
        lambda points, expires_at, funder: Lot(
            id=LotId(name), issued=points, remaining=points, active_from=NOW, expires_at=expires_at, funder=funder
        ),
        st.integers(1, 10_000),
        st.none() | st.integers(1, 400).map(lambda days: NOW + timedelta(days=days)),
        st.sampled_from(["merchant", "bank"]),
    )


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    thresholds = draw(st.lists(st.integers(0, 10**7), max_size=4, unique=True))
    levels = tuple(
        DiscountLevel(
            name=LocalText(ru=f"У{number}", en=f"L{number}"),
            spend_threshold_minor=threshold,
            discount_bp=draw(st.integers(0, 10_000)),
        )
        for number, threshold in enumerate(thresholds)
    )
    terms = Terms(
        accrual_bp=draw(st.integers(0, 10_000)),
        point_value_minor=draw(st.integers(1, 1_000)),
        redemption_limit_bp=draw(st.integers(0, 10_000)),
        levels=levels,
    )
    return Programme(
        id=ProgrammeId("p"),
        slug="p",
        name=LocalText(ru="П", en="P"),
        currency="RUB",
        zone="Europe/Moscow",
        terms=terms,
    )


LINES = st.builds(
    Line,
    sku=st.sampled_from(["latte", "bun", "tea"]),
    category=st.sampled_from(["drinks", "bakery"]),
    quantity=st.decimals(Decimal("0.001"), Decimal(1_000), places=3),
    unit_price_minor=st.integers(0, 10**7),
)


def purchase(lines: list[Line], *, points: int = 0) -> Purchase:
    return Purchase(
        card_id=CardId("c"),
        order_ref="A-1",
        business_day="2026-03-11",
        lines=tuple(lines),
        currency="RUB",
        points_to_redeem=points,
        at=NOW,
        body_digest="d",
    )
