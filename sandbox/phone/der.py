"""Reads DER (X.690): enough of it for a CMS signature, and strict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1

_LONG_FORM: Final = 0x80
_LENGTH_BYTES_LIMIT: Final = 4
_MULTI_BYTE_TAG: Final = 0x1F


class DerError(ValueError):
    """The bytes are not the DER that was expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """One value with its tag; `whole` are its bytes with tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list["Element"]:
        return list(_walk(self.content))

    def expect(self, tag: int) -> "Element":
        if self.tag != tag:
            raise DerError(f"tag 0x{self.tag:02x} where 0x{tag:02x} belongs")
        return self


def read(payload: bytes) -> Element:
    """Read one element that fills the bytes. Raises DerError."""
    elements = list(_walk(payload))
    if len(elements) != 1:
        raise DerError(f"{len(elements)} values where one belongs")
    return elements[0]


def integer(element: Element) -> int:
    return int.from_bytes(element.expect(INTEGER).content, "big", signed=True)


def _walk(payload: bytes) -> Iterator[Element]:
    start = 0
    while start < len(payload):
        tag = payload[start]
        if tag & _MULTI_BYTE_TAG == _MULTI_BYTE_TAG:
            raise DerError("a tag of several bytes")
        length, content_at = _length(payload, start + 1)
        end = content_at + length
        if end > len(payload):
            raise DerError("a value is cut short")
        yield Element(tag, payload[content_at:end], payload[start:end])
        start = end


def _length(payload: bytes, at: int) -> tuple[int, int]:
    """Give the length that stands here and where the content begins; DER has one spelling for every length."""
    if at >= len(payload):
        raise DerError("a value is cut short")
    first = payload[at]
    if first < _LONG_FORM:
        return first, at + 1
    count = first - _LONG_FORM
    if not 1 <= count <= _LENGTH_BYTES_LIMIT or at + 1 + count > len(payload):
        raise DerError("a length that DER does not have")
    length = int.from_bytes(payload[at + 1 : at + 1 + count], "big")
    if length < _LONG_FORM or payload[at + 1] == 0:
        raise DerError("a length that is not the shortest")
    return length, at + 1 + count
