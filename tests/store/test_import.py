"""Importing files on the real MongoDB: once, whole, with counters that equal a naive recount."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from offers.engine.counters import MAX_CATEGORIES
from offers.engine.levels import discount_bp
from offers.flows.import_purchases import Destination, ImportPurchases
from offers.flows.open_programme import Opened
from offers.flows.recount_members import RecountMembers
from offers.model.history import MemberFate, PurchaseFate
from offers.model.purchase import ReceiptOrigin
from offers.store.store import Store
from service.importing.bad_rows import Reason
from service.importing.errors import CannotImport
from service.importing.orders import orders_of, slices_of
from service.importing.run import ImportFile, Wishes
from service.now import chance
from tests.clock import SettableClock
from tests.import_files import clean_file, open_shop, shop_file, write
from tests.store.imported import assert_counters_are_exact, members_of, receipts_of, rejected

PROJECT = Path(__file__).resolve().parents[2]
HEADER = "member,at,order_ref,sku,category,quantity,price"


@pytest.fixture
async def shop(store: Store, clock: SettableClock) -> Opened:
    return await open_shop(store, clock)


@pytest.fixture
def importing(store: Store, clock: SettableClock, shop: Opened) -> ImportFile:
    assert shop.programme.slug == "shop"
    return ImportFile(store, clock, chance)


async def test_scattered_lines_become_receipts_and_counters_equal_a_naive_recount(
    store: Store, importing: ImportFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.importing.spill.LINES_IN_PART", 100)
    monkeypatch.setattr("service.importing.spill.LINES_IN_MEMORY", 90)
    monkeypatch.setattr("service.importing.parquet_source.BATCH_ROWS", 60)

    summary = await importing.transactions(shop_file(tmp_path, orders=200), Wishes(enrol=True))

    assert summary.purchases == {PurchaseFate.ADDED: 200}
    assert summary.lines == {PurchaseFate.ADDED: 600}
    assert (summary.members[MemberFate.ADDED], summary.recounted) == (7, 7)
    assert summary.rejected_path is None
    receipts = await receipts_of(store)
    assert {len(receipt.lines) for receipt in receipts} == {3}
    assert {receipt.origin for receipt in receipts} == {ReceiptOrigin.IMPORT}
    assert await assert_counters_are_exact(store) == 7
    first = next(receipt for receipt in receipts if receipt.order_ref == "A0")
    assert (first.business_day, first.at) == ("2026-01-01", datetime(2026, 1, 1, 6, 0, tzinfo=UTC))
    assert [(line.quantity, line.total_minor) for line in first.lines] == [
        (Decimal(1), 105),
        (Decimal(2), 210),
        (Decimal(3), 315),
    ]
    assert (first.payable_minor, first.points_accrued, first.explain) == (630, 0, ())


async def test_only_the_fifty_best_categories_are_kept(store: Store, importing: ImportFile, tmp_path: Path) -> None:
    await importing.transactions(shop_file(tmp_path, orders=200, members=1), Wishes(enrol=True))

    (member,) = await members_of(store)
    assert len(member.counters.categories) == MAX_CATEGORIES
    await assert_counters_are_exact(store)


async def test_a_second_run_adds_nothing(store: Store, importing: ImportFile, tmp_path: Path) -> None:
    path = shop_file(tmp_path, orders=50)
    await importing.transactions(path, Wishes(enrol=True))
    before = (await receipts_of(store), await members_of(store))

    again = await importing.transactions(path, Wishes(enrol=True))

    assert again.purchases == {PurchaseFate.ALREADY_THERE: 50}
    assert again.members == {MemberFate.ADDED: 0}
    assert (again.recounted, again.rejected_path) == (0, None)
    assert (await receipts_of(store), await members_of(store)) == before


async def test_the_same_history_as_csv_and_as_ndjson_is_the_same_history(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    path = shop_file(tmp_path, orders=20)
    await importing.transactions(path, Wishes(enrol=True))
    frame = pl.read_parquet(path)
    frame.with_columns(pl.col("ts").dt.strftime("%d.%m.%Y %H:%M")).write_csv(tmp_path / "f.csv", separator=";")
    frame.reverse().with_columns(pl.col("ts").dt.strftime("%Y-%m-%d %H:%M")).write_ndjson(tmp_path / "f.ndjson")

    for name in ("f.csv", "f.ndjson"):
        again = await importing.transactions(tmp_path / name, Wishes(enrol=True))
        assert again.purchases == {PurchaseFate.ALREADY_THERE: 20}
    assert len(await receipts_of(store)) == 20


async def test_an_order_that_changed_is_reported_and_left_as_it_is(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    row = "c1,2026-03-01 10:00,A1,latte,coffee,1,"
    await importing.transactions(write(tmp_path, f"{HEADER}\n{row}10\n"), Wishes(enrol=True))

    summary = await importing.transactions(
        write(tmp_path, f"{HEADER}\n{row}11\n{row}12\n{row.replace('A1', 'A2')}5\n"), Wishes(enrol=True)
    )

    assert rejected(summary) == {2: Reason.ORDER_DIFFERS.value, 3: Reason.ORDER_DIFFERS.value}
    assert sorted(receipt.total_minor for receipt in await receipts_of(store)) == [500, 1_000]


async def test_unknown_members_are_refused_or_enrolled_with_one_card_and_no_consent(
    store: Store, importing: ImportFile, tmp_path: Path, clock: SettableClock
) -> None:
    rows = ["c1,2026-03-01 10:00,A1,latte,coffee,1,10", "c1,2026-03-02 10:00,A2,latte,coffee,1,10"]
    path = write(tmp_path, "\n".join([HEADER, *rows]) + "\n")

    without = await importing.transactions(path, Wishes())
    assert rejected(without) == {2: Reason.UNKNOWN_MEMBER.value, 3: Reason.UNKNOWN_MEMBER.value}
    assert await members_of(store) == []
    with_enrol = await importing.transactions(path, Wishes(enrol=True))

    assert with_enrol.rejected_path is None
    assert not (tmp_path / "file.csv.rejected.csv").exists()
    (member,) = await members_of(store)
    assert (member.external_id, member.source, member.phone, member.enrolled_at) == ("c1", "import", None, clock())
    assert await store.database["cards"].count_documents({"member_id": member.id}) == 1
    assert await store.reading.consents.of_member(member.id) == []
    assert member.counters.purchases == 2


async def test_good_rows_are_kept_though_others_of_every_kind_are_bad(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    rows = [
        HEADER,
        "c1,2026-03-01 10:00,A1,latte,coffee,1,10",
        "c1,2026-03-01 10:00,A1,cookie,bakery,1,0",
        "c1,2026-03-01 10:00,A1,cookie",
        '=cmd,2026-03-01 10:00,A2,"two\nlines",bakery,-1,5',
        "c1,2026-03-01 10:00,A3,latte,coffee,1,10",
        "c2,2026-03-01 10:00,A3,latte,coffee,1,10",
        "",
        "c1,yesterday,A4,latte,coffee,1,10",
    ]

    summary = await importing.transactions(write(tmp_path, "\n".join(rows)), Wishes(enrol=True, language="ru"))

    assert rejected(summary) == {
        3: Reason.ZERO_AMOUNT.value,
        4: Reason.WRONG_FIELD_COUNT.value,
        5: Reason.RETURNED.value,
        7: Reason.TWO_MEMBERS.value,
        8: Reason.TWO_MEMBERS.value,
        10: Reason.BAD_AT.value,
    }
    (receipt,) = await receipts_of(store)
    assert [line.sku for line in receipt.lines] == ["latte"]
    assert summary.rejected_path is not None
    assert "'=cmd" in summary.rejected_path.read_text("utf-8-sig")
    assert "Это возврат" in summary.rejected_path.read_text("utf-8-sig")


async def test_discount_levels_follow_from_the_imported_spend(
    store: Store, shop: Opened, importing: ImportFile, tmp_path: Path
) -> None:
    rows = ["c1,2026-03-01,A1,latte,coffee,1,99.99", "c2,2026-03-01,A2,latte,coffee,1,100"]

    await importing.transactions(write(tmp_path, "\n".join([HEADER, *rows])), Wishes(enrol=True))

    levels = {
        member.external_id: discount_bp(shop.programme.terms, member.counters.spend_minor)
        for member in await members_of(store)
    }
    assert levels == {"c1": 0, "c2": 500}


async def test_what_cannot_be_imported_leaves_nothing_and_tells_the_remedy(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    good = write(tmp_path, f"{HEADER}\nc1,2026-03-01,A1,latte,coffee,1,10\n")

    for path, wishes, told in (
        (write(tmp_path, "a,b\n1,2\n", name="x"), Wishes(), "--map member=COLUMN"),
        (good, Wishes(programme="bakery"), "--programme bakery: there is none. There are: shop"),
        (good, Wishes(outlet="north"), "--outlet north: there is none"),
        (good, Wishes(zone="Mars/Base"), "no time zone"),
        (good, Wishes(mapped={"sku": "code"}), "no column called code"),
    ):
        with pytest.raises(CannotImport, match=told):
            await importing.transactions(path, wishes)
    assert await receipts_of(store) == []


async def test_without_a_programme_the_remedy_is_to_open_one(
    store: Store, clock: SettableClock, tmp_path: Path
) -> None:
    with pytest.raises(CannotImport, match="tessera programme open"):
        await ImportFile(store, clock, chance).members(write(tmp_path, "phone\n1\n"), Wishes())


async def test_one_order_told_twice_in_one_batch_is_kept_once(
    store: Store, shop: Opened, clock: SettableClock, tmp_path: Path
) -> None:
    path = write(tmp_path, f"{HEADER}\nc1,2026-03-01,A1,s,k,1,10\n")
    lines, _ = clean_file(path)
    ((order,),) = slices_of(orders_of(pl.DataFrame(lines))[0])
    destination = Destination(programme=shop.programme, outlet=shop.outlet, enrol=True)

    imported = await ImportPurchases(store, clock, chance)(destination, [order.purchase, order.purchase])
    await RecountMembers(store)(shop.programme.id)

    assert imported.fates == (PurchaseFate.ADDED, PurchaseFate.ALREADY_THERE)
    await assert_counters_are_exact(store)
