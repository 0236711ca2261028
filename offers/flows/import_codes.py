"""Import codes that were printed before: whatever they look like, in a namespace of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.engine.voucher_codes import fold_foreign
from offers.model.voucher import MAX_CODE_INPUT, Batch
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedChunk:
    """`refused` cannot be a code (empty, too long, with control characters); `doubled` were there already."""

    kept: int
    doubled: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportCodes:
    """Import one chunk into a batch that MakeCodes began. Twice is once: known codes are left as they are.

    Codes that differ in case or in surrounding blanks alone are one code.
    """

    store: Store

    async def __call__(self, batch: Batch, texts: Sequence[str]) -> ImportedChunk:
        folded = [fold_foreign(text) for text in texts]
        refused = tuple(text for text, code in zip(texts, folded, strict=True) if not _may_be_code(code))
        codes = list(dict.fromkeys(code for code in folded if _may_be_code(code)))
        vouchers = self.store.reading.vouchers
        taken = await vouchers.add_codes(batch, codes) if codes else []
        kept = len(codes) - len(taken)
        await vouchers.count_made(batch.id, kept)
        return ImportedChunk(kept=kept, doubled=len(texts) - len(refused) - kept, refused=refused)


def _may_be_code(code: str) -> bool:
    return 0 < len(code) <= MAX_CODE_INPUT and code.isprintable()
