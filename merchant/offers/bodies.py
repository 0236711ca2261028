"""Queries of the API of offers, and reading bodies that are rules: their faults are told one by one."""

import json
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from merchant.offers.checked import checked
from offers.model.offer import OfferState
from offers.model.rule_errors import InvalidRules, RuleFault
from web.body import MAX_JSON_BYTES, read_bytes

Body = TypeVar("Body", bound=BaseModel)
PAGE = 50
MAX_PAGE = 100


class OffersQuery(BaseModel):
    """Which offers to list: those of a state, behind a code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: OfferState | None = None
    after: str = Field(default="", max_length=64)
    limit: int = Field(default=PAGE, ge=1, le=MAX_PAGE)


class VersionsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    before: int | None = Field(default=None, ge=1, le=10**9)


class LoadQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dry_run: bool = False


async def read_rules_body(request: web.Request, model: type[Body]) -> Body:
    """Read a JSON body. Raises InvalidRules, ValidationError for what is no JSON, and 413 past 256 KiB."""
    return checked(model, await read_bytes(request, limit_bytes=MAX_JSON_BYTES))


async def read_patch(request: web.Request) -> dict[str, Any]:
    """Read a merge patch (RFC 7396), which has to be an object here. Raises what `read_rules_body` does."""
    return dict((await read_rules_body(request, _Patch)).model_extra or {})


def merged(document: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Apply a merge patch: null takes a name out, an object goes into the one that is there, the rest replaces."""
    whole = dict(document)
    for name, value in patch.items():
        if value is None:
            whole.pop(name, None)
        elif isinstance(value, dict):
            inner = whole.get(name)
            whole[name] = merged(inner if isinstance(inner, dict) else {}, value)
        else:
            whole[name] = value
    return whole


def same_code(code: str, given: str) -> None:
    """Refuse an offer sent to the address of another one."""
    if code != given:
        facts = {"expected": code}
        raise InvalidRules([RuleFault(pointer="/code", code="literal_error", facts=facts)])


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


class _Patch(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
