"""Bodies checked: what pydantic finds wrong becomes faults of rules, each at its JSON pointer."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from offers.model.rule_errors import MAX_FAULTS, InvalidRules, RuleFault
from web.rule_faults import TEXTS, WORDS

Body = TypeVar("Body", bound=BaseModel)
_OWN_WORDS = "Value error, "


def checked(model: type[Body], text: str | bytes) -> Body:
    """Read a body from JSON. Raises InvalidRules, and pydantic's ValidationError for what is no JSON at all."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise
        raise InvalidRules([fault_of(item) for item in found[:MAX_FAULTS]]) from None


def fault_of(item: ErrorDetails) -> RuleFault:
    """Give one of pydantic's findings as a fault; one that has no text here keeps its words."""
    facts = {name: value for name, value in item.get("ctx", {}).items() if isinstance(value, int | str)}
    if item["type"] not in TEXTS:
        facts = {WORDS: item["msg"].removeprefix(_OWN_WORDS)}
    return RuleFault(pointer=pointer(item["loc"]), code=item["type"], facts=facts)


def pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)
