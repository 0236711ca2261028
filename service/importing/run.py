"""One import from the operator's words to the summary: the programme found, the file opened, its columns laid out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision

from offers.engine.phones import home_region
from offers.flows.import_members import ImportMembers
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.recount_members import RecountMembers
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.model.programme import Outlet, Programme
from offers.store.store import Store
from service.importing.amounts import DecimalMark
from service.importing.clean_members import MemberRules
from service.importing.clean_purchases import PurchaseRules
from service.importing.columns import MEMBER_GUESSES, PURCHASE_GUESSES, lay_out
from service.importing.errors import CannotImport
from service.importing.members import ImportMemberFile
from service.importing.open_source import open_source
from service.importing.rejected_rows import RejectedRows
from service.importing.transactions import ImportTransactions
from service.importing.watch import NOBODY, Summary, Watch

_NEEDED_OF_PURCHASES = (("member", "phone"), ("at",), ("amount", "price"))
_NEEDED_OF_MEMBERS = (("external_id", "phone"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator said; whatever was left out is told from the programme and the file."""

    programme: str | None = None
    outlet: str | None = None
    zone: str | None = None
    region: str | None = None
    mark: DecimalMark = DecimalMark.AUTO
    mapped: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    enrol: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    rejected: Path | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """Import a file of either kind. Raises CannotImport with the remedy; then nothing of the file was kept."""

    store: Store
    clock: Clock
    chance: Chance
    watch: Watch = NOBODY

    async def transactions(self, path: Path, wishes: Wishes) -> Summary:
        programme = await self._programme(wishes.programme)
        outlet = await self._outlet(programme, wishes.outlet)
        source = open_source(path, encoding=wishes.encoding, delimiter=wishes.delimiter)
        layout = lay_out(
            source.columns,
            PURCHASE_GUESSES,
            mapped=wishes.mapped,
            constants=wishes.constants,
            needed=_NEEDED_OF_PURCHASES,
        )
        rules = PurchaseRules(
            layout=layout,
            zone=checked_zone(wishes.zone or programme.zone),
            outlet_zone=outlet.zone,
            digits=get_currency_precision(programme.currency),
            region=wishes.region or home_region(programme),
            mark=wishes.mark,
            now=self.clock(),
        )
        with RejectedRows(rejected_path(path, wishes), source, wishes.language) as rejected:
            return await ImportTransactions(
                keep=ImportPurchases(self.store, self.clock, self.chance),
                recount=RecountMembers(self.store),
                source=source,
                destination=Destination(programme=programme, outlet=outlet, enrol=wishes.enrol),
                rules=rules,
                rejected=rejected,
                watch=self.watch,
            )()

    async def members(self, path: Path, wishes: Wishes) -> Summary:
        programme = await self._programme(wishes.programme)
        source = open_source(path, encoding=wishes.encoding, delimiter=wishes.delimiter)
        layout = lay_out(
            source.columns,
            MEMBER_GUESSES,
            mapped=wishes.mapped,
            constants=wishes.constants,
            needed=_NEEDED_OF_MEMBERS,
        )
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rules = MemberRules(
            layout=layout,
            zone=checked_zone(wishes.zone or programme.zone),
            region=wishes.region or home_region(programme),
            now=self.clock(),
            file_name=path.name,
            file_digest=digest,
        )
        with RejectedRows(rejected_path(path, wishes), source, wishes.language) as rejected:
            return await ImportMemberFile(
                keep=ImportMembers(self.store, self.clock, self.chance),
                source=source,
                programme=programme,
                rules=rules,
                rejected=rejected,
                watch=self.watch,
            )()

    async def _programme(self, slug: str | None) -> Programme:
        programmes = {each.slug: each for each in await self.store.reading.programmes.all()}
        if not programmes:
            raise CannotImport("There is no programme yet. Open one first: tessera programme open")
        return programmes[_chosen(programmes, slug, option="--programme")]

    async def _outlet(self, programme: Programme, slug: str | None) -> Outlet:
        outlets = {each.slug: each for each in await self.store.reading.programmes.outlets(programme.id)}
        if not outlets:
            raise CannotImport("The programme {programme} has no outlet.", programme=programme.slug)
        return outlets[_chosen(outlets, slug, option="--outlet")]


def _chosen(found: Mapping[str, object], slug: str | None, *, option: str) -> str:
    if slug is None and len(found) == 1:
        return next(iter(found))
    if slug is None:
        raise CannotImport("Say which: {option}. There are: {found}.", option=option, found=", ".join(found))
    if slug not in found:
        raise CannotImport(
            "{option} {slug}: there is none. There are: {found}.", option=option, slug=slug, found=", ".join(found)
        )
    return slug


def checked_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CannotImport("{zone} is no time zone. Write it like Europe/Moscow.", zone=name) from error
    return name


def rejected_path(path: Path, wishes: Wishes) -> Path:
    return wishes.rejected or path.with_name(f"{path.name}.rejected.csv")
