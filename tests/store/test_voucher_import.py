"""Voucher codes that were printed before: imported as they are, beside those made here."""

from offers.engine.voucher_codes import shown
from offers.flows.find_voucher import FindVoucher
from offers.flows.import_codes import ImportCodes
from offers.model.voucher import Origin
from offers.store.store import Store
from tests.clock import SettableClock
from tests.voucher_shop import PROGRAMME, codes, imported, redeem


async def test_imported_codes_work_as_they_were_printed(store: Store, clock: SettableClock) -> None:
    await imported(store, clock, ["Скидка-2026", "SALE 10", "4606224041234"])

    for number, text in enumerate((" скидка-2026", "sale 10", "4606224041234")):
        use = await redeem(store, clock, text, f"c{number}")
        assert use.sight.batch.origin is Origin.IMPORTED


async def test_importing_twice_adds_nothing_and_strange_texts_are_told(store: Store, clock: SettableClock) -> None:
    batch = await imported(store, clock, ["A1"])

    chunk = await ImportCodes(store)(batch, ["a1", "B2", "b2 ", "", "x" * 65, "tab\there"])

    assert (chunk.kept, chunk.doubled) == (1, 2)
    assert chunk.refused == ("", "x" * 65, "tab\there")


async def test_an_imported_code_never_meets_a_made_one(store: Store, clock: SettableClock) -> None:
    code, *_ = await codes(store, clock)
    batch = await imported(store, clock, [code, shown(code)], asked=2)

    made = await redeem(store, clock, code, "a")
    foreign = await FindVoucher(store, clock)(PROGRAMME, shown(code))

    assert made.sight.batch.origin is Origin.MADE
    assert foreign.batch.origin is Origin.MADE
    assert await store.reading.vouchers.count_codes(batch.id) == 2
