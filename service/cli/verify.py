"""`tessera verify`: replays the ledger and proves every balance; ends with 1 when one does not hold."""

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from locales.catalogue import gettext
from service.cli.language import cli_language
from service.now import now
from service.opening import open_store
from service.settings import Settings

if TYPE_CHECKING:
    from offers.flows.verify_ledger import Verdict

console = Console()
BROKEN = 1

TEXTS = {
    "gap": "entries are not numbered one after another: expected {expected}, found {found}",
    "cause_twice": "the cause {subject} has two entries",
    "edges": "the entry {subject} moved {expected}, its edges {found}",
    "balance_after": "after the entry {subject} the balance is {expected}, and {found} is written there",
    "sign": "the entry {subject} is an {expected} of {found}: that cannot be",
    "lot_overdrawn": "the lot {subject} gave more than it had: {found}",
    "debt_overpaid": "more was paid of a debt than there was: {found}",
    "last_number": "the last entry has the number {expected}, the account says {found}",
    "balance": "the entries sum to {expected}, the account holds {found}",
    "deficit": "the entries leave a debt of {expected}, the account has {found}",
    "lot": "the lot {subject} should hold {expected}, it holds {found}",
    "no_account": "there are entries, and no account",
    "receipt": "the purchase {subject} moved {expected}, its receipt says {found}",
    "receipt_without_entries": "the receipt {subject} has no entry {expected}",
    "audit": "a line of the audit was changed or is missing",
}


def verify() -> None:
    """Replay the whole ledger and prove every balance, lot and receipt. Tills may go on working."""
    verdict, elapsed_s = asyncio.run(_verify())
    for line in told(verdict, elapsed_s, cli_language()):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if verdict.fault:
        raise typer.Exit(BROKEN)


def told(verdict: "Verdict", elapsed_s: float, language: str) -> list[str]:
    """Say what was proven, or which account does not hold first, and why."""
    pace = int(verdict.entries / elapsed_s) if elapsed_s else verdict.entries
    read = gettext(
        language,
        "{entries} entries of {accounts} accounts, {receipts} receipts, {lines} audit lines: {pace} entries/s",
        entries=verdict.entries,
        accounts=verdict.accounts,
        receipts=verdict.receipts,
        lines=verdict.audit_lines,
        pace=pace,
    )
    fault, account = verdict.fault, verdict.account
    if fault is None or account is None:
        return [read, gettext(language, "Every balance is proven.")]
    facts: dict[str, object] = {"subject": fault.subject, "expected": fault.expected, "found": fault.found}
    why = gettext(language, TEXTS[fault.flaw], **facts)
    where = gettext(
        language,
        "Does not hold: {holder} {currency}, entry {seq}",
        holder=account[0],
        currency=account[1],
        seq=fault.seq,
    )
    return [read, f"{where}: {why}"]


async def _verify() -> tuple["Verdict", float]:
    from offers.flows.verify_ledger import VerifyLedger

    text = gettext(cli_language(), "Replaying the ledger")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with open_store(Settings(), beside=True) as opened:
        whole = await opened.store.reading.ledger.size()
        began = perf_counter()
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(text, total=whole)
            verdict = await VerifyLedger(opened.store, now)(
                on_entries=lambda done: progress.update(task, completed=done)
            )
        return verdict, perf_counter() - began
