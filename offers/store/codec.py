"""Between nouns and BSON documents: pydantic reads and writes the dataclasses, `_id` carries the noun's key."""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from bson.codec_options import CodecOptions, TypeCodec, TypeRegistry
from bson.decimal128 import Decimal128
from pydantic import TypeAdapter

Noun = TypeVar("Noun")


@lru_cache(maxsize=4_096)
def _decimal128(text: str) -> Decimal128:
    """Quantities repeat, and the conversion is the dearest step of writing a line."""
    return Decimal128(text)


class _DecimalCodec(TypeCodec):
    python_type = Decimal
    bson_type = Decimal128

    def transform_python(self, value: Decimal) -> Decimal128:
        return _decimal128(str(value))

    def transform_bson(self, value: Decimal128) -> Decimal:
        return value.to_decimal()


CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, type_registry=TypeRegistry([_DecimalCodec()])
)
"""Instants come back aware and in UTC, decimals as Decimal."""


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(noun: type[Any]) -> TypeAdapter[Any]:
    """Give the compiled reader and writer of a noun, made at its first use."""
    if noun not in _ADAPTERS:
        _ADAPTERS[noun] = TypeAdapter(noun)
    return _ADAPTERS[noun]


def to_document(
    noun: Any, *, key: str | None = None, whole: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """Write a noun as a document. `_id` is `key`, else the noun's own `id`; `whole` are fields written already."""
    document: dict[str, Any] = _adapter(type(noun)).dump_python(noun, exclude=set(whole) or None)
    document.update(whole)
    own = document.pop("id", None)
    if (chosen := key if key is not None else own) is not None:
        document["_id"] = chosen
    return document


def from_document(noun: type[Noun], document: dict[str, Any]) -> Noun:
    """Read a noun back; fields that only the store knows are passed over."""
    fields = {**document, "id": document.get("_id")}
    read: Noun = _adapter(noun).validate_python(fields)
    return read
