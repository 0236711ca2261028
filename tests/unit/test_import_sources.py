"""Files are read whatever their encoding, delimiter and kind; a bad row is one bad row, with its own line number."""

import json
from pathlib import Path

import polars as pl
import pytest

from service.importing import source as limits
from service.importing.bad_rows import Reason
from service.importing.errors import CannotImport
from service.importing.open_source import open_source
from service.importing.source import LINE, Batch
from tests.import_files import write


def read(path: Path) -> tuple[list[tuple[object, ...]], list[tuple[int, Reason]]]:
    batches: list[Batch] = list(open_source(path).batches())
    rows = [row for batch in batches for row in batch.rows.iter_rows()]
    return rows, [(row.line, row.reason) for batch in batches for row in batch.broken]


@pytest.mark.parametrize(("encoding", "delimiter"), [
    ("utf-8", ","),
    ("utf-8-sig", ";"),
    ("cp1251", ";"),
    ("utf-16", "\t"),
    ("utf-8", "|"),
])  # fmt: skip
def test_encoding_and_delimiter_are_told_from_the_file(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "клиент;сумма\r\nИван;12\r\n".replace(";", delimiter)

    path = write(tmp_path, text, encoding=encoding)

    assert open_source(path).columns == ["клиент", "сумма"]
    assert read(path) == ([(2, "Иван", "12")], [])


def test_cyrillic_far_behind_a_mebibyte_of_ascii_is_still_windows_1251(tmp_path: Path) -> None:
    rows = "id,name\n" + "1,plain ascii text\n" * 80_000 + "2,Ёлка\n"

    read_rows, _ = read(write(tmp_path, rows, encoding="cp1251"))

    assert read_rows[-1] == (80_002, "2", "Ёлка")


def test_one_damaged_byte_does_not_turn_a_utf8_file_into_gibberish(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("имя\nЁлка\n".encode() + b"\xff\n")

    rows, _ = read(path)

    assert rows == [(2, "Ёлка"), (3, "\N{REPLACEMENT CHARACTER}")]


def test_a_newline_in_quotes_belongs_to_its_field_and_later_rows_keep_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path, 'a,b\n"x\ny",1\n\n2,3\n"say ""hi""",4\n')

    rows, broken = read(path)

    assert rows == [(2, "x\ny", "1"), (5, "2", "3"), (6, 'say "hi"', "4")]
    assert broken == []


def test_a_row_of_another_width_is_refused_alone_and_empty_cells_at_its_end_are_forgiven(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2,,\n1,2,3\n1\n4,5\n")

    rows, broken = read(path)

    assert rows == [(2, "1", "2"), (5, "4", "5")]
    assert broken == [(3, Reason.WRONG_FIELD_COUNT), (4, Reason.WRONG_FIELD_COUNT)]


def test_an_endless_quote_takes_no_more_than_the_rows_it_swallows(tmp_path: Path) -> None:
    swallowed = "".join(f"{n},{n}\n" for n in range(60_000))

    rows, broken = read(write(tmp_path, f'a,b\n1,2\n"3,4\n{swallowed}'))

    assert rows[0] == (2, "1", "2")
    assert rows[-1] == (60_003, "59999", "59999")
    assert broken == [(3, Reason.WRONG_FIELD_COUNT)]


def test_ndjson_keeps_numbers_as_they_were_written(tmp_path: Path) -> None:
    lines = ['{"id": 7, "sum": 0.10, "note": null}', "", "[1]", "{broken", '{"id": "8", "sum": 1e2, "more": 5}']
    path = write(tmp_path, "\n".join(lines) + "\n", name="file.ndjson")

    rows, broken = read(path)

    assert open_source(path).columns == ["id", "sum", "note", "more"]
    assert rows == [(1, "7", "0.10", None, None), (5, "8", "1e2", None, "5")]
    assert broken == [(3, Reason.NOT_AN_OBJECT), (4, Reason.NOT_AN_OBJECT)]


def test_blank_lines_longer_than_a_batch_do_not_end_an_ndjson_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.importing.ndjson_source.BATCH_CHARACTERS", 100)
    path = write(tmp_path, json.dumps({"a": 1}) + "\n" * 1_000 + json.dumps({"a": 2}) + "\n")

    rows, _ = read(path)

    assert rows == [(1, "1"), (1_001, "2")]


def test_parquet_gives_its_types_and_counts_rows_from_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    pl.DataFrame({"id": [1, 2], "price": [0.1, 2.5], "tags": [["x"], []]}).write_parquet(path)

    source = open_source(path)

    assert (source.columns, source.size, source.in_bytes) == (["id", "price"], 2, False)
    assert read(path) == ([(1, 1, 0.1), (2, 2, 2.5)], [])


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 25])
def test_batches_of_any_size_give_every_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    for name in ("csv", "ndjson", "parquet"):
        monkeypatch.setattr(f"service.importing.{name}_source.BATCH_ROWS", 8)
    numbers = [str(number) for number in range(rows)]
    pl.DataFrame({"n": numbers}).write_parquet(tmp_path / "p")
    paths = [
        write(tmp_path, "n\n" + "".join(f"{n}\n" for n in numbers), name="c"),
        write(tmp_path, "".join(f'{{"n": {n}}}\n' for n in numbers), name="j"),
        tmp_path / "p",
    ]

    for path in paths:
        batches = list(open_source(path).batches())
        assert [row for batch in batches for row in batch.rows.get_column("n").to_list()] == numbers
        assert max(batch.rows.height for batch in batches) <= 8
        assert batches[-1].position == open_source(path).size


@pytest.mark.parametrize(("content", "told"), [
    (b"", "is empty"),
    (b"\xef\xbb\xbf \n", "is empty"),
    (b"PK\x03\x04rest", "workbook"),
    (b"\xd0\xcf\x11\xe0rest", "workbook"),
    (b"\x1f\x8brest", "compressed"),
    (b'[{"a": 1}]', "JSON array"),
    (b"{broken\n", "no line of it is a JSON object"),
    (b"PAR1 but no more", "cannot be read as Parquet"),
    (b"a,b,a\n1,2,3\n", "two columns are called a"),
    (b"x" * (limits.MAX_LINE_CHARACTERS + 2), "longer than"),
    (b",".join(b"c%d" % n for n in range(501)) + b"\n", "has 501 columns"),
])  # fmt: skip
def test_what_cannot_be_imported_is_refused_with_a_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(CannotImport, match=told) as refusal:
        list(open_source(path).batches())

    assert refusal.value.text("ru") != refusal.value.text("en")


def test_an_encoding_or_delimiter_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n")

    for wrong in ({"encoding": "klingon"}, {"delimiter": ";;"}):
        with pytest.raises(CannotImport, match="--encoding and --delimiter"):
            open_source(path, **wrong)


def test_a_blank_heading_is_named_by_its_place(tmp_path: Path) -> None:
    assert open_source(write(tmp_path, "a,,c\n1,2,3\n")).columns == ["a", "column_2", "c"]


def test_the_column_of_line_numbers_has_a_name_no_file_has() -> None:
    assert LINE.startswith("__")
