"""Verify the ledger: replay every account in a stream and prove it, and its receipts and the audit with it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from offers.engine.audit_chain import BEGINNING, follows
from offers.engine.receipt_proof import PurchaseEntries, check_receipt
from offers.engine.replay import Fault, Flaw, Holding, Replay
from offers.model.clock import Clock
from offers.model.ids import ProgrammeId, new_id
from offers.store.ledger import Ledger, account_of, checkout_of
from offers.store.store import Store
from offers.store.work import Work

Key = tuple[str, str]
RECEIPTS_AT_ONCE = 1_000
ON_THEIR_WAY = timedelta(seconds=30)
"""Receipts younger than this may not be committed yet, and are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was read, and the first account (member, currency; or programme, `audit`) that does not hold, with why."""

    accounts: int
    entries: int
    receipts: int
    audit_lines: int
    account: Key | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class VerifyLedger:
    """Prove everything, also while tills are at work; memory does not grow with the ledger.

    Accounts are read beside their entries, so one that changed meanwhile looks wrong: it is replayed again at one
    instant before it is named.
    """

    store: Store
    clock: Clock

    async def __call__(self, *, on_entries: Callable[[int], None] = lambda _: None) -> Verdict:
        """Give the verdict at the first fault, or at the end; `on_entries` hears how many entries are done."""
        before = new_id(self.clock() - ON_THEIR_WAY, bytes)
        proof = _Proof(store=self.store, on_entries=on_entries, before=before)
        for stage in (proof.replay_all, proof.count_receipts, proof.follow_audit):
            await stage()
            if proof.fault:
                break
        return Verdict(
            accounts=proof.accounts,
            entries=proof.entries,
            receipts=proof.receipts,
            audit_lines=proof.audit_lines,
            account=proof.account,
            fault=proof.fault,
        )


@dataclass(slots=True, kw_only=True)
class _Proof:
    store: Store
    on_entries: Callable[[int], None]
    before: str
    accounts: int = 0
    entries: int = 0
    receipts: int = 0
    audit_lines: int = 0
    account: Key | None = None
    fault: Fault | None = None
    _purchases: dict[str, PurchaseEntries] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=lambda: {"points_accrued": 0, "points_redeemed": 0})

    async def replay_all(self) -> None:
        """Walk through entries and accounts side by side; both come by member and currency."""
        ledger = self.store.reading.ledger
        holdings = _Holdings(ledger.accounts())
        replay, key, broken = Replay(), None, None
        async for batch in ledger.entries():
            for document in batch:
                if (its := account_of(document)) != key:
                    if key is not None:
                        await self._close(key, replay, broken, holdings)
                    replay, key, broken = Replay(), its, None
                broken = broken or _add(replay, document)
                self._note_purchase(document)
            self.entries += len(batch)
            self.on_entries(self.entries)
            await self._check_receipts(keep=1)
            if self.fault:
                return
        if key is not None:
            await self._close(key, replay, broken, holdings)
        async for other, holding in holdings.before(None):
            await self._judge(other, Replay().end(holding))
        await self._check_receipts(keep=0)

    async def count_receipts(self) -> None:
        """Every entry of a purchase has its receipt; as many receipts as entries, and none is without."""
        ledger = self.store.reading.ledger
        for receipt_field, seen in self._counted.items():
            if await ledger.count_receipts(receipt_field, before=self.before) != seen:
                await self._find_receipt_without_entries(ledger)
                return

    async def follow_audit(self) -> None:
        for programme in await self.store.reading.programmes.all():
            async with self.store.snapshot() as work:
                broken = await self._broken_line(work, programme.id)
            if broken is not None and self.fault is None:
                self.account = (programme.id, "audit")
                self.fault = Fault(flaw=Flaw.AUDIT, seq=broken, subject="", expected="", found="")

    async def _close(self, key: Key, replay: Replay, broken: Fault | None, holdings: "_Holdings") -> None:
        async for other, holding in holdings.before(key):
            await self._judge(other, Replay().end(holding))
        await self._judge(key, broken or replay.end(await holdings.of(key)))

    async def _judge(self, key: Key, fault: Fault | None) -> None:
        self.accounts += 1
        if fault is None or self.fault is not None:
            return
        async with self.store.snapshot() as work:
            again = await _replay_one(work.ledger, key)
        if again is not None:
            self.account, self.fault = key, again

    def _note_purchase(self, document: dict[str, Any]) -> None:
        checkout_id = checkout_of(document["cause_key"])
        if checkout_id is None:
            return
        entries = self._purchases.get(checkout_id)
        if entries is None:
            entries = PurchaseEntries(document["member_id"], document["currency"], document["seq"])
            self._purchases[checkout_id] = entries
        entries.add(document["kind"], document["points"])

    async def _check_receipts(self, *, keep: int) -> None:
        """Compare the purchases noted so far; the last one may have more entries to come, so it is kept."""
        if len(self._purchases) < (RECEIPTS_AT_ONCE if keep else 1) or self.fault:
            return
        noted = list(self._purchases.items())
        ready, self._purchases = noted[: len(noted) - keep], dict(noted[len(noted) - keep :])
        found = await self.store.reading.ledger.receipts([checkout_id for checkout_id, _ in ready])
        for checkout_id, entries in ready:
            fault = check_receipt(checkout_id, entries, found.get(checkout_id))
            if fault is not None:
                self.account, self.fault = (entries.member_id, entries.currency), fault
                return
            if checkout_id < self.before:
                self._counted["points_accrued"] += entries.accrued > 0
                self._counted["points_redeemed"] += entries.redeemed > 0
        self.receipts += len(ready)

    async def _find_receipt_without_entries(self, ledger: Ledger) -> None:
        async for batch in ledger.receipts_with_points(before=self.before):
            causes = {
                f"purchase:{receipt['_id']}:{kind}": receipt
                for receipt in batch
                for kind, told in (("accrual", "points_accrued"), ("redemption", "points_redeemed"))
                if receipt[told] > 0
            }
            members = await ledger.one_person({receipt["member_id"] for receipt in batch})
            if missing := sorted(causes.keys() - await ledger.causes(members, causes)):
                receipt = causes[missing[0]]
                self.account = (receipt["member_id"], "points")
                self.fault = Fault(
                    flaw=Flaw.RECEIPT_WITHOUT_ENTRIES, seq=0, subject=receipt["_id"], expected=missing[0], found=""
                )
                return

    async def _broken_line(self, work: Work, programme_id: ProgrammeId) -> int | None:
        """Give the number of the first line of the audit that does not follow the one before it."""
        seq, digest = 0, BEGINNING
        async for line in work.audit.lines(programme_id):
            if not follows(line, seq=seq, previous=digest):
                return seq + 1
            seq, digest = line.seq, line.digest
            self.audit_lines += 1
        return None if (seq, digest) == await work.audit.head(programme_id) else seq + 1


class _Holdings:
    """The accounts as kept, read in the order of the entries."""

    def __init__(self, batches: AsyncIterator[list[dict[str, Any]]]) -> None:
        self._batches = batches
        self._batch: list[dict[str, Any]] = []
        self._place = 0

    async def before(self, key: Key | None) -> AsyncIterator[tuple[Key, Holding]]:
        """Give the accounts in front of a key, all that are left for None: they have no entries."""
        while (account := await self._peek()) is not None and (key is None or account_of(account) < key):
            self._place += 1
            yield account_of(account), _holding(account)

    async def of(self, key: Key) -> Holding | None:
        account = await self._peek()
        if account is None or account_of(account) != key:
            return None
        self._place += 1
        return _holding(account)

    async def _peek(self) -> dict[str, Any] | None:
        if self._place == len(self._batch):
            self._batch, self._place = await anext(self._batches, []), 0
        return self._batch[self._place] if self._batch else None


async def _replay_one(ledger: Ledger, key: Key) -> Fault | None:
    member_id, currency = key
    replay, holding = Replay(), None
    async for batch in ledger.entries(member_id=member_id, currency=currency):
        for document in batch:
            if fault := _add(replay, document):
                return fault
    async for batch in ledger.accounts(member_id=member_id, currency=currency):
        holding = _holding(batch[0])
    return replay.end(holding)


def _add(replay: Replay, document: dict[str, Any]) -> Fault | None:
    return replay.add(
        document["seq"],
        document["kind"],
        document["points"],
        document["cause_key"],
        [(edge["lot_id"], edge["points"]) for edge in document["edges"]],
        balance=document.get("balance"),
    )


def _holding(document: dict[str, Any]) -> Holding:
    return Holding(
        seq=document["seq"],
        balance=document["balance"],
        deficit=document["deficit"],
        lots={lot["id"]: lot["remaining"] for lot in document["lots"]},
    )
