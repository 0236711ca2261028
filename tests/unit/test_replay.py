"""The proof of one account: every law, broken alone, is noticed and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offers.engine.audit_chain import BEGINNING, chained, follows
from offers.engine.receipt_proof import PurchaseEntries, check_receipt
from offers.engine.replay import Flaw, Holding, Replay
from offers.model.ids import ProgrammeId
from offers.model.ledger import DEFICIT

Entry = tuple[int, str, int, str, list[tuple[str, int]]]
GOOD: list[Entry] = [
    (1, "accrual", 100, "purchase:a:accrual", [("a", 100)]),
    (2, "redemption", -60, "purchase:b:redemption", [("a", -60)]),
    (3, "reversal", -100, "void:a:taken_back", [("a", -40), (DEFICIT, -60)]),
    (4, "accrual", 80, "purchase:c:accrual", [("c", 80), ("c", -60), (DEFICIT, 60)]),
]
KEPT = Holding(seq=4, balance=20, deficit=0, lots={"c": 20})


def judge(entries: list[Entry], holding: Holding | None = KEPT) -> Flaw | None:
    replay = Replay()
    for seq, kind, points, cause, edges in entries:
        if fault := replay.add(seq, kind, points, cause, edges, balance=None):
            return fault.flaw
    fault = replay.end(holding)
    return fault.flaw if fault else None


def changed(number: int, change: Callable[[Entry], Entry]) -> list[Entry]:
    return [change(entry) if at == number else entry for at, entry in enumerate(GOOD)]


def test_what_holds_is_proven() -> None:
    assert judge(GOOD) is None
    assert judge([], None) is None


@pytest.mark.parametrize(
    ("entries", "flaw"),
    [
        ([*GOOD[:1], *GOOD[2:]], Flaw.GAP),
        (changed(3, lambda entry: (*entry[:3], GOOD[0][3], entry[4])), Flaw.CAUSE_TWICE),
        (changed(1, lambda entry: (*entry[:4], [("a", -59)])), Flaw.EDGES),
        (changed(1, lambda entry: (*entry[:4], [("b", -60)])), Flaw.LOT_OVERDRAWN),
        (changed(3, lambda entry: (*entry[:4], [("c", 19), (DEFICIT, 61)])), Flaw.DEBT_OVERPAID),
        (changed(1, lambda entry: (2, "accrual", *entry[2:])), Flaw.SIGN),
    ],
)
def test_every_law_broken_is_named(entries: list[Entry], flaw: Flaw) -> None:
    assert judge(entries) is flaw


@pytest.mark.parametrize(
    ("holding", "flaw"),
    [
        (replace(KEPT, seq=5), Flaw.LAST_NUMBER),
        (replace(KEPT, balance=21), Flaw.BALANCE),
        (replace(KEPT, deficit=1), Flaw.DEFICIT),
        (replace(KEPT, lots={"c": 19}), Flaw.LOT),
        (replace(KEPT, lots={"c": 20, "a": 1}), Flaw.LOT),
        (None, Flaw.NO_ACCOUNT),
    ],
)
def test_an_account_that_differs_is_named(holding: Holding | None, flaw: Flaw) -> None:
    assert judge(GOOD, holding) is flaw


def test_a_balance_written_into_an_entry_is_compared() -> None:
    fault = Replay().add(1, "accrual", 5, "c", [("a", 5)], balance=6)

    assert fault is not None
    assert (fault.flaw, fault.expected, fault.found) == (Flaw.BALANCE_AFTER, 5, 6)


def test_a_receipt_agrees_with_the_sum_of_its_entries() -> None:
    entries = PurchaseEntries("m", "points", 7)
    for kind, points in (("accrual", 30), ("accrual", 12), ("redemption", -5)):
        entries.add(kind, points)

    assert check_receipt("a", entries, {"points_accrued": 42, "points_redeemed": 5}) is None
    wrong = check_receipt("a", entries, {"points_accrued": 42, "points_redeemed": 0})
    assert wrong is not None
    assert (wrong.flaw, wrong.seq, wrong.expected, wrong.found) == (Flaw.RECEIPT, 7, "+42 −5", "+42 −0")


def test_an_audit_line_changed_anywhere_does_not_follow() -> None:
    at = datetime(2026, 3, 11, tzinfo=UTC)
    line = chained(
        ProgrammeId("p"), 1, BEGINNING, at=at, staff_id="olga", action="merge", subject="m", facts={"points": 5}
    )

    assert follows(line, seq=0, previous=BEGINNING)
    for other in (
        replace(line, staff_id="pavel"),
        replace(line, facts={"points": 6}),
        replace(line, at=at.replace(hour=1)),
        replace(line, subject="n"),
    ):
        assert not follows(other, seq=0, previous=BEGINNING)
    assert not follows(line, seq=1, previous=BEGINNING)
    assert not follows(line, seq=0, previous="else")
