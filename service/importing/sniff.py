"""Telling what a file is: its kind, the encoding of its text and the delimiter of its fields."""

import codecs
from enum import StrEnum
from pathlib import Path

from service.importing.errors import CannotImport

CHUNK_BYTES = 1 << 20
DELIMITERS = ",;\t|"
CYRILLIC = "cp1251"


class FileKind(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


def kind_of(path: Path) -> FileKind:
    """Tell a file's kind by its first bytes, whatever it is called.

    Raises CannotImport for what cannot be imported: a workbook, an archive, a JSON array, an empty file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CannotImport("{path}: cannot be read ({reason}).", path=path, reason=error.strerror) from error
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CannotImport("{path}: is a workbook or an archive. Save the sheet as CSV (UTF-8).", path=path)
    if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh")):
        raise CannotImport("{path}: is compressed. Unpack it first.", path=path)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise CannotImport("{path}: is empty.", path=path)
    if text.startswith(b"{"):
        return FileKind.NDJSON
    if text.startswith(b"["):
        raise CannotImport("{path}: is a JSON array. Write one object on each line (NDJSON).", path=path)
    return FileKind.CSV


def encoding_of(path: Path) -> str:
    """Tell UTF-8 (with a mark or without), UTF-16 with a mark, or Windows-1251.

    The first mebibyte that has any letter beyond ASCII decides: it is UTF-8 when it has more whole UTF-8 letters than
    broken ones, so that one damaged row does not turn a file into gibberish.
    """
    with path.open("rb") as file:
        chunk = file.read(CHUNK_BYTES)
        if chunk.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        while chunk.isascii() and (following := file.read(CHUNK_BYTES)):
            chunk = following
    decoded = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(chunk)
    broken = decoded.count("\N{REPLACEMENT CHARACTER}")
    whole = sum(1 for symbol in decoded if symbol > "\x7f") - broken
    return "utf-8" if whole >= broken else CYRILLIC


def delimiter_of(header: str) -> str:
    """Tell the delimiter: the candidate that stands most often in the header outside quotes."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)
