"""Voucher codes: codes anyone may type, made or imported in batches, each with a limit of uses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from offers.model.ids import ProgrammeId
from offers.model.take import Refill

BatchId = NewType("BatchId", str)
VoucherId = NewType("VoucherId", str)

MAX_USES_PER_CODE = 10**9
MAX_CODE_INPUT = 64
"""No code is longer, of whatever origin."""


class Origin(StrEnum):
    """Codes made here carry a check symbol; imported ones are whatever they were, in a namespace of their own."""

    MADE = "made"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the codes of one making have in common. `asked` codes were wanted, `made` are there."""

    id: BatchId
    programme_id: ProgrammeId
    campaign: str
    offer_id: str
    origin: Origin
    asked: int
    created_at: datetime
    uses_per_code: int = 1
    uses_per_member: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    refill: Refill = Refill.FULL_RETURN_ONLY
    made: int = 0
    request_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One code. Its id is `<programme>:<code>`, or `<programme>:~<code>` when it was imported."""

    id: VoucherId
    batch_id: BatchId
    left: int
    revoked_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.id.partition(":")[2].removeprefix("~")


class VoucherState(StrEnum):
    ACTIVE = "active"
    NOT_YET = "not_yet"
    SPENT = "spent"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherSight:
    """A code with its batch."""

    voucher: Voucher
    batch: Batch

    def state(self, at: datetime) -> VoucherState:
        if self.voucher.revoked_at is not None:
            return VoucherState.REVOKED
        if self.batch.valid_from is not None and at < self.batch.valid_from:
            return VoucherState.NOT_YET
        if self.batch.valid_until is not None and at >= self.batch.valid_until:
            return VoucherState.EXPIRED
        return VoucherState.ACTIVE if self.voucher.left > 0 else VoucherState.SPENT
