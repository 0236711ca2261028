"""Google's discovery document turned into JSON Schema: the judge of every body sent to the Google stand-in."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jsonschema import Draft202012Validator

DOCUMENT: Final = ("discovery_cache", "documents", "walletobjects.v1.json")
# Discovery formats of strings that carry numbers or bytes, as patterns.
STRING_FORMATS: Final = {
    "int64": r"^-?[0-9]{1,19}$",
    "uint64": r"^[0-9]{1,20}$",
    "byte": r"^[A-Za-z0-9+/_-]*={0,2}$",
}
INTEGER_RANGES: Final = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
PROBLEM_LIMIT: Final = 5


def problems(schema_name: str, body: Any) -> list[str]:
    """Return what is wrong with a body by Google's own schema, first problems first; empty when it is valid.

    Stricter than Google in two ways that catch our own mistakes: unknown fields and deprecated enum
    spellings ("active", "qrCode") are refused.
    """
    found = sorted(_validator(schema_name).iter_errors(body), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in found[:PROBLEM_LIMIT]]


def schema_names() -> frozenset[str]:
    return frozenset(_document()["schemas"])


@cache
def _document() -> dict[str, Any]:
    source = files("googleapiclient")
    for part in DOCUMENT:
        source = source / part
    document: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return document


@cache
def _definitions() -> dict[str, Any]:
    return {name: _translate(schema) for name, schema in _document()["schemas"].items()}


@cache
def _validator(schema_name: str) -> Draft202012Validator:
    if schema_name not in schema_names():
        raise KeyError(f"the discovery document has no schema {schema_name}")
    return Draft202012Validator({"$ref": f"#/$defs/{schema_name}", "$defs": _definitions()})


def _translate(schema: dict[str, Any]) -> dict[str, Any]:
    if reference := schema.get("$ref"):
        return {"$ref": f"#/$defs/{reference}"}
    kind = schema.get("type", "any")
    if kind == "object":
        return _translate_object(schema)
    if kind == "array":
        return {"type": "array", "items": _translate(schema["items"])}
    if kind == "string":
        return _translate_string(schema)
    if kind == "integer":
        low, high = INTEGER_RANGES[schema.get("format", "int32")]
        return {"type": "integer", "minimum": low, "maximum": high}
    return {} if kind == "any" else {"type": kind}


def _translate_object(schema: dict[str, Any]) -> dict[str, Any]:
    further = schema.get("additionalProperties")
    return {
        "type": "object",
        "properties": {name: _translate(field) for name, field in schema.get("properties", {}).items()},
        "additionalProperties": _translate(further) if isinstance(further, dict) else False,
    }


def _translate_string(schema: dict[str, Any]) -> dict[str, Any]:
    if values := schema.get("enum"):
        deprecated = schema.get("enumDeprecated", [False] * len(values))
        return {"enum": [value for value, old in zip(values, deprecated, strict=True) if not old]}
    pattern = STRING_FORMATS.get(schema.get("format", ""))
    return {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
