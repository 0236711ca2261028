"""Importing a file of members: read, refuse twins, keep."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import polars as pl

from offers.flows.import_members import ImportMembers
from offers.model.history import MemberFate, PastMember
from offers.model.programme import Programme
from service.importing.ahead import ahead
from service.importing.bad_rows import Reason
from service.importing.clean_members import MemberRules, clean_members
from service.importing.errors import CannotImport
from service.importing.rejected_rows import RejectedRows
from service.importing.source import Batch, Source
from service.importing.watch import Stage, Summary, Watch

MAX_MEMBERS = 2_000_000
"""Every name met in a file is remembered to tell twins, so a file has a limit."""

MEMBERS_AT_ONCE = 500


class Slice(NamedTuple):
    """Members for one transaction with their lines, and how far the file was read for them."""

    members: list[PastMember]
    lines: list[int]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMemberFile:
    """Import one file. Run again, it adds nothing; interrupted, it goes on when run again."""

    keep: ImportMembers
    source: Source
    programme: Programme
    rules: MemberRules
    rejected: RejectedRows
    watch: Watch
    summary: Summary = field(default_factory=Summary)

    async def __call__(self) -> Summary:
        self.watch.begin(Stage.READING, self.source.size, in_bytes=self.source.in_bytes)
        async with aclosing(ahead(self._slices())) as slices:
            async for members, lines, position in slices:
                await self._keep(members, lines)
                self.watch.reach(position)
        self.rejected.list_late()
        self.summary.rejected = self.rejected.counts
        self.summary.rejected_path = self.rejected.path if self.rejected.total else None
        return self.summary

    async def _keep(self, members: list[PastMember], lines: list[int]) -> None:
        fates = await self.keep(self.programme, members)
        self.summary.members.update(fates)
        for line, fate in zip(lines, fates, strict=True):
            if fate is MemberFate.CONTACT_TAKEN:
                self.rejected.add_late([line], Reason.CONTACT_TAKEN)

    def _slices(self) -> Iterator[Slice]:
        met: set[bytes] = set()
        for batch in self.source.batches():
            good = list(self._good(batch, met))
            for start in range(0, len(good), MEMBERS_AT_ONCE):
                some = good[start : start + MEMBERS_AT_ONCE]
                yield Slice([member for _, member in some], [line for line, _ in some], batch.position)

    def _good(self, batch: Batch, met: set[bytes]) -> Iterator[tuple[int, PastMember]]:
        bad: dict[int, Reason] = {}
        for line, member in clean_members(batch.rows, self.rules):
            if isinstance(member, Reason):
                bad[line] = member
                continue
            names = _names(member)
            if not met.isdisjoint(names):
                bad[line] = Reason.DUPLICATE_MEMBER
                continue
            met.update(names)
            if len(met) > 2 * MAX_MEMBERS:
                raise CannotImport(
                    "The file has more than {limit} members. Split it; those read so far are kept.", limit=MAX_MEMBERS
                )
            yield line, member
        schema = {"line": pl.UInt64, "reason": pl.String}
        self.rejected.add(batch, pl.DataFrame([list(bad), [reason.value for reason in bad.values()]], schema=schema))


def _names(member: PastMember) -> list[bytes]:
    """Give what names the member, in a few bytes each."""
    told = (("x", member.key.external_id), ("p", member.key.phone))
    return [blake2b(f"{kind}{name}".encode(), digest_size=10).digest() for kind, name in told if name is not None]
