"""Voucher codes of one programme: made, imported, mistyped, and redeemed by its members."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from offers.engine.voucher_codes import ALPHABET
from offers.flows.import_codes import ImportCodes
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.flows.redeem_voucher import RedeemVoucher, VoucherUse
from offers.model.ids import MemberId, ProgrammeId
from offers.model.take import Taker
from offers.model.throttle import Guesser
from offers.model.voucher import Batch, Origin
from offers.store.store import Store
from tests.clock import SettableClock

PROGRAMME = ProgrammeId("p1")
WHO: Mapping[Guesser, str] = {Guesser.DEVICE: "d1", Guesser.MEMBER: "m1", Guesser.OUTLET: "o1"}


def wish(**changes: Any) -> BatchWish:
    fields: dict[str, Any] = {
        "programme_id": PROGRAMME,
        "campaign": "spring",
        "offer_id": "free-coffee",
        "asked": 3,
        **changes,
    }
    return BatchWish(**fields)


async def codes(store: Store, clock: SettableClock, **changes: Any) -> list[str]:
    _, made = await MakeCodes(store, clock, secrets.token_bytes).at_once(wish(**changes))
    return made


async def redeem(
    store: Store,
    clock: SettableClock,
    code: str,
    cause: str = "a",
    *,
    member: str | None = "m1",
    guessers: Mapping[Guesser, str] | None = None,
    minutes: int | None = None,
) -> VoucherUse:
    taker = Taker(programme_id=PROGRAMME, member_id=MemberId(member) if member else None)
    until = None if minutes is None else clock() + timedelta(minutes=minutes)
    return await RedeemVoucher(store, clock)(taker, code, cause=cause, guessers=guessers, until=until)


def mistyped(code: str) -> str:
    return code[:-1] + next(symbol for symbol in ALPHABET if symbol != code[-1])


async def imported(store: Store, clock: SettableClock, texts: list[str], **changes: Any) -> Batch:
    batch = await MakeCodes(store, clock, secrets.token_bytes).begin(wish(**changes), origin=Origin.IMPORTED)
    await ImportCodes(store)(batch, texts)
    return batch
