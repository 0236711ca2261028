"""Importing a file of transactions: read, put together, keep, count."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from offers.flows.import_purchases import Destination, ImportedPurchases, ImportPurchases
from offers.flows.recount_members import RecountMembers
from offers.model.errors import Busy
from offers.model.history import MemberFate, PurchaseFate
from service.importing.ahead import ahead
from service.importing.bad_rows import Reason
from service.importing.clean_purchases import PurchaseRules, clean_purchases
from service.importing.orders import Order, orders_of, slices_of
from service.importing.rejected_rows import RejectedRows
from service.importing.source import Source
from service.importing.spill import Spill
from service.importing.watch import Stage, Summary, Watch

BUSY_TRIES = 12
"""Each waits five seconds for the conflict to end, so together they outlast the minute of an abandoned transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTransactions:
    """Import one file. Run again, it adds nothing; interrupted, it goes on when run again.

    Raises CannotImport when the file breaks off in the middle of reading; nothing was kept then.
    """

    keep: ImportPurchases
    recount: RecountMembers
    source: Source
    destination: Destination
    rules: PurchaseRules
    rejected: RejectedRows
    watch: Watch
    summary: Summary = field(default_factory=Summary)

    async def __call__(self) -> Summary:
        with TemporaryDirectory(prefix="tessera-import-") as folder:
            spill = Spill(Path(folder), likely_lines=self.source.likely_rows)
            await self._read(spill)
            await self._keep(spill)
        self.rejected.list_late()
        await self._count()
        self.summary.rejected = self.rejected.counts
        self.summary.rejected_path = self.rejected.path if self.rejected.total else None
        return self.summary

    async def _read(self, spill: Spill) -> None:
        self.watch.begin(Stage.READING, self.source.size, in_bytes=self.source.in_bytes)
        async with aclosing(ahead(self._reading(spill))) as positions:
            async for position in positions:
                self.watch.reach(position)

    def _reading(self, spill: Spill) -> Iterator[int]:
        for batch in self.source.batches():
            good, bad = clean_purchases(batch.rows, self.rules)
            self.rejected.add(batch, bad)
            spill.add(good)
            yield batch.position

    async def _keep(self, spill: Spill) -> None:
        self.watch.begin(Stage.KEEPING, spill.lines)
        done = 0
        async with aclosing(ahead(self._slices(spill))) as slices:
            async for orders in slices:
                done += await self._keep_slice(orders)
                self.watch.reach(done)

    def _slices(self, spill: Spill) -> Iterator[list[Order]]:
        for part in spill.parts():
            grouped, bad = orders_of(part)
            for reason, lines in bad.group_by("reason"):
                self.rejected.add_late(lines.get_column("line"), Reason(str(reason[0])))
            yield from slices_of(grouped)

    async def _keep_slice(self, orders: list[Order]) -> int:
        """Keep one slice; give how many lines it had."""
        imported = await self._patiently(orders)
        self.summary.members[MemberFate.ADDED] += imported.enrolled
        for order, fate in zip(orders, imported.fates, strict=True):
            self.summary.purchases[fate] += 1
            self.summary.lines[fate] += len(order.lines)
            if fate in {PurchaseFate.DIFFERS, PurchaseFate.UNKNOWN_MEMBER}:
                self.rejected.add_late(order.lines, Reason(fate.value))
        return sum(len(order.lines) for order in orders)

    async def _patiently(self, orders: list[Order]) -> ImportedPurchases:
        """Keep a slice; what a killed import had under way is let go by MongoDB within a minute, so wait that long."""
        for _ in range(BUSY_TRIES):
            try:
                return await self.keep(self.destination, [order.purchase for order in orders])
            except Busy as busy:
                await asyncio.sleep(busy.retry_after_s)
        return await self.keep(self.destination, [order.purchase for order in orders])

    async def _count(self) -> None:
        programme_id = self.destination.programme.id
        self.watch.begin(Stage.COUNTING, await self.recount.waiting(programme_id))
        self.summary.recounted = await self.recount(programme_id, on_counted=self.watch.reach)
