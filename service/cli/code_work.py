"""What the commands of voucher codes do: make a batch into a file, import texts; a bar tells how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from locales.catalogue import gettext
from offers.engine.calendar import midnight
from offers.flows.import_codes import ImportCodes, ImportedChunk
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.model.programme import Programme
from offers.model.voucher import Batch
from offers.store.store import Store
from service.cli.code_files import CodeBar, CodeFile
from service.cli.language import cli_language

IMPORT_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTerms:
    """What a command says of its codes. `until` is the last local day they work; an empty offer is the campaign's."""

    campaign: str
    offer: str
    uses: int
    per_member: int | None
    until: datetime | None

    def wish(self, owner: Programme, count: int) -> BatchWish:
        return BatchWish(
            programme_id=owner.id,
            campaign=self.campaign,
            offer_id=self.offer or self.campaign,
            asked=count,
            uses_per_code=self.uses,
            uses_per_member=self.per_member,
            valid_until=_end_of(self.until, owner),
        )


async def fill_file(making: MakeCodes, batch: Batch, path: Path, console: Console) -> int:
    """Make what the batch lacks, writing each chunk as it is kept; gives how many codes were made."""
    made = 0
    words = gettext(cli_language(), "Making codes")
    with CodeBar(console, words, total=batch.asked) as bar, CodeFile(path) as file:
        async for codes in making.fill(batch):
            file.write(codes)
            made += len(codes)
            bar.advance(len(codes))
    return made


async def import_texts(store: Store, batch: Batch, texts: Sequence[str], console: Console) -> ImportedChunk:
    """Import everything chunk by chunk; gives the sum of the chunks."""
    kept, doubled, refused = 0, 0, list[str]()
    with CodeBar(console, gettext(cli_language(), "Importing codes"), total=len(texts)) as bar:
        for start in range(0, len(texts), IMPORT_CHUNK):
            part = texts[start : start + IMPORT_CHUNK]
            chunk = await ImportCodes(store)(batch, part)
            kept, doubled = kept + chunk.kept, doubled + chunk.doubled
            refused += chunk.refused
            bar.advance(len(part))
    return ImportedChunk(kept=kept, doubled=doubled, refused=tuple(refused))


def _end_of(day: datetime | None, owner: Programme) -> datetime | None:
    """Give the instant at which the local day ends."""
    if day is None:
        return None
    return midnight(day.date() + timedelta(days=1), owner.zone)
