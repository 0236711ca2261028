"""Walks through a ledger in memory: what flows do to one account, step by step, for the laws of the ledger."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from offers.engine.bookkeeping import catch_up, new_lot
from offers.engine.lots import Movement, accrue, after, available, give_back, put_in, spend, take_back
from offers.engine.replay import Fault, Holding, Replay
from offers.model.ids import LotId, MemberId, ProgrammeId
from offers.model.ledger import POINTS, Account, EntryKind, Lot, ReturnPolicy, SpendingOrder
from offers.model.programme import LocalText, Programme, Terms

START = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens, some hours after the one before it."""

    hours: int
    act: str
    points: int
    funder: str = "bakery"
    which: int = 0


STEPS = st.builds(
    Step,
    hours=st.integers(0, 200),
    act=st.sampled_from(["accrue", "late", "spend", "give back", "take back", "receive", "adjust"]),
    points=st.integers(1, 500),
    funder=st.sampled_from(["bakery", "cinema"]),
    which=st.integers(0, 5),
)
WALKS = st.lists(STEPS, min_size=1, max_size=14)
TERMS = st.builds(
    Terms,
    points_live_days=st.none() | st.integers(0, 20),
    pending_days=st.integers(0, 4),
    restore_grace_days=st.sampled_from([0, 1, 14]),
    return_policy=st.sampled_from(ReturnPolicy),
    spending_order=st.sampled_from(SpendingOrder),
)


def programme(terms: Terms, zone: str = "Europe/Moscow") -> Programme:
    return Programme(
        id=ProgrammeId("p"),
        slug="p",
        name=LocalText(ru="П", en="P"),
        currency="RUB",
        zone=zone,
        terms=terms,
    )


def fresh(member: str = "m") -> Account:
    return Account(member_id=MemberId(member), programme_id=ProgrammeId("p"), currency=POINTS)


@dataclass(slots=True)
class Walk:
    """An account on its way; `decisions` are what a member or a till would see of it."""

    terms: Terms
    account: Account = field(default_factory=fresh)
    at: datetime = START
    movements: list[Movement] = field(default_factory=list)
    decisions: list[tuple[object, ...]] = field(default_factory=list)
    spendings: list[tuple[Lot, ...]] = field(default_factory=list)
    accruals: list[tuple[LotId, int]] = field(default_factory=list)

    def sweep(self, at: datetime) -> None:
        self.keep(catch_up(self.account, at))

    def keep(self, movements: list[Movement]) -> None:
        self.movements += movements
        self.account = after(self.account, movements)

    def go(self, step: Step) -> None:
        """Do what a flow does: catch up first, then decide."""
        self.at += timedelta(hours=step.hours)
        self.decisions.append(("sees", available(self.account, self.at)))
        self.sweep(self.at)
        self.decisions.append(("has", available(self.account, self.at)))
        if (movement := self._act(step)) is not None:
            self.keep([movement])
            self.decisions.append((step.act, movement.points, movement.edges))

    def _act(self, step: Step) -> Movement | None:
        match step.act:
            case "accrue" | "late":
                return self._accrue(step)
            case "spend":
                points = min(step.points, available(self.account, self.at))
                order = self.terms.spending_order
                spent = spend(self.account, points, self.at, order=order, funder=step.funder)
                self.spendings.append(spent.shares)
                return spent
            case "give back" if self.spendings:
                shares = self.spendings.pop(step.which % len(self.spendings))
                return give_back(self.account, shares, at=self.at, grace_days=self.terms.restore_grace_days)
            case "take back" if self.accruals:
                lot_id, points = self.accruals.pop(step.which % len(self.accruals))
                return take_back(self.account, lot_id, points, policy=self.terms.return_policy, at=self.at)
            case "receive" | "adjust":
                return self._receive(step)
            case _:
                return None

    def _receive(self, step: Step) -> Movement:
        """Take points that may be spent at once: some lots of another member's, or one from the programme."""
        lots = [self._lot(step, self.at, part) for part in range(step.which + 1)]
        active = [replace(lot, active_from=self.at, pending=False) for lot in lots]
        if step.act == "adjust":
            return accrue(self.account, active[0], kind=EntryKind.ADJUSTMENT)
        return put_in(self.account, active, kind=EntryKind.TRANSFER, twins=True)

    def _accrue(self, step: Step) -> Movement:
        earned_at = self.at - timedelta(hours=step.which * 30 if step.act == "late" else 0)
        movement = accrue(self.account, self._lot(step, earned_at))
        self.accruals.append((movement.edges[0].lot_id, step.points))
        return movement

    def _lot(self, step: Step, earned_at: datetime, part: int = 0) -> Lot:
        return new_lot(
            programme(self.terms),
            LotId(f"lot{len(self.decisions):03}-{part}"),
            step.points,
            at=earned_at,
            recorded_at=self.at,
            funder=step.funder,
        )

    def fault(self) -> Fault | None:
        """Replay the whole walk as the verifier would."""
        replay = Replay()
        for seq, movement in enumerate(self.movements, start=1):
            edges = [(edge.lot_id, edge.points) for edge in movement.edges]
            fault = replay.add(
                seq, movement.kind, movement.points, f"cause{seq}", edges, balance=movement.account.balance
            )
            if fault:
                return fault
        return replay.end(holding(self.account, len(self.movements)))


def holding(account: Account, seq: int) -> Holding:
    lots: dict[str, int] = {lot.id: lot.remaining for lot in account.lots}
    return Holding(seq=seq, balance=account.balance, deficit=account.deficit, lots=lots)


def walked(terms: Terms, steps: list[Step]) -> Walk:
    walk = Walk(terms)
    for step in steps:
        walk.go(step)
    return walk
