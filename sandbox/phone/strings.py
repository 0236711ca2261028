"""Reads `pass.strings`: the tables by which a phone translates a pass."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandbox.phone.refusals import PassRefused

Table = Mapping[str, str]

_LIMIT: Final = 2_000
_STRING: Final = r'"((?:[^"\\]|\\.)*)"'
_ENTRY: Final = re.compile(rf"\s*(?:/\*.*?\*/\s*|//[^\n]*\n\s*)*{_STRING}\s*=\s*{_STRING}\s*;", re.DOTALL)
_REST: Final = re.compile(r"\s*(?:/\*.*?\*/\s*|//[^\n]*(?:\n|$)\s*)*", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(U[0-9A-Fa-f]{4}|.)", re.DOTALL)
_NAMED: Final = {"n": "\n", "t": "\t", "r": "\r"}
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_strings(name: str, payload: bytes) -> Table:
    """Read one table, UTF-8 or UTF-16 with its mark. Raises PassRefused."""
    try:
        text = payload.decode("utf-16" if payload.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise PassRefused("strings_unreadable", name=name) from error
    table: dict[str, str] = {}
    at = 0
    while entry := _ENTRY.match(text, at):
        table[_unescaped(entry[1])] = _unescaped(entry[2])
        at = entry.end()
    if not _REST.fullmatch(text, at) or len(table) > _LIMIT:
        raise PassRefused("strings_unreadable", name=name)
    return MappingProxyType(table)


def read_tables(files: Mapping[str, bytes]) -> Mapping[str, Table]:
    """Read the table of every language in the package."""
    tables = {}
    for name, payload in files.items():
        language, _, rest = name.partition(".lproj/")
        if rest == "pass.strings":
            tables[language] = read_strings(name, payload)
    return MappingProxyType(tables)


def choose_table(tables: Mapping[str, Table], language: str) -> Table:
    """Give the table of a language, else the English one, else none: texts then stay as the pass writes them."""
    return tables.get(language) or tables.get("en") or {}


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _meaning(found[1]), text)


def _meaning(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _NAMED.get(escape, escape)
