"""What is wrong with a text of offers, said to a person: one sentence for every fault."""

from typing import Any

from locales.catalogue import gettext
from offers.model.rule_errors import RuleFault
from web import design_faults

WORDS = "words"
"""The fact that holds a fault's own words, of a code that has no text here."""

TEXTS: dict[str, str] = {
    "name_twice": "this name stands above already",
    "unknown_group": "the lane {lane} has no group called {group}",
    "unknown_tag": "nothing carries the tag {word}",
    "unknown_outlet": "the programme has no outlet called {word}",
    "unknown_level": "the programme has no level called {word}",
    "unknown_segment_name": "scoring has no segment called {word}; there are: {known}",
    "unknown_cluster": "a cluster is written with its number (cluster:0), not {word}: see GET /v1/scores/segments",
    "wrong_lane": "{benefit} has no place in the lane {lane}",
    "ends_first": "it ends before it begins",
    "not_ascending": "each level has to be more than the one before it",
    "beyond_deepest": "this is deeper than the deepest discount allowed: {limit_bp} basis points",
    "beyond_spread": "members would be further apart than allowed: {limit_bp} basis points",
    "below_margin_floor": "this leaves less of the price than the margin's floor: {limit_bp} basis points",
    "more_than_all": "what is drawn and what is held out are more than all members together",
    "protected_trait": "no price may depend on a protected trait: {word}",
    "not_of_a_member": "a personal offer asks for segments, scores and favourites alone",
    "never_holds": "no hour is ever in these hours",
    "still_used": "{by} still needs what was left out ({place})",
    "too_deep": "conditions are nested at most {depth} deep",
    "exactly_one": "exactly one of: {names}",
    "too_long_text": "the text is longer than {limit_bytes} bytes",
    "not_utf8": "the text is not UTF-8",
    "json_invalid": "this is not JSON: {error}",
    "yaml_invalid": "this is not YAML: {error}",
    "yaml_anchor": "anchors and aliases are not read here",
    "yaml_too_deep": "the document is nested too deeply",
    "yaml_too_large": "the document is too large",
    "yaml_key": "a name has to stand here, before the colon",
    "yaml_twice": "this name stands here twice",
    "missing": "this has to stand here",
    "extra_forbidden": "nothing of that name belongs here",
    "string_type": "a text belongs here",
    "int_type": "a whole number belongs here",
    "bool_type": "true or false belongs here",
    "list_type": "a list belongs here",
    "model_type": "names with values belong here",
    "model_attributes_type": "names with values belong here",
    "dict_type": "names with values belong here",
    "enum": "one of {expected} belongs here",
    "literal_error": "only {expected} belongs here",
    "greater_than": "more than {gt} is needed",
    "greater_than_equal": "at least {ge} is needed",
    "less_than": "less than {lt} is needed",
    "less_than_equal": "at most {le} is allowed",
    "string_too_short": "at least {min_length} characters are needed",
    "string_too_long": "at most {max_length} characters are allowed",
    "too_short": "at least {min_length} must stand here",
    "too_long": "at most {max_length} may stand here",
    "string_pattern_mismatch": "this does not have the form {pattern}",
    "timezone_aware": "an instant needs its offset: 2026-03-08T00:00:00+03:00",
    "datetime_parsing": "an instant looks like 2026-03-08T00:00:00+03:00",
    "datetime_from_date_parsing": "an instant looks like 2026-03-08T00:00:00+03:00",
}


def say_fault(language: str, fault: RuleFault) -> str:
    """Say what is wrong. A code without a text is said in its own words, translated where the catalogue knows them."""
    if text := TEXTS.get(fault.code) or design_faults.TEXTS.get(fault.code):
        return gettext(language, text, **fault.facts)
    return gettext(language, str(fault.facts.get(WORDS, fault.code)).replace("{", "{{").replace("}", "}}"))


def fault_answer(language: str, fault: RuleFault) -> dict[str, Any]:
    """Give a fault as the `errors` of a problem document have it."""
    line = {"line": fault.line} if fault.line is not None else {}
    return {"pointer": fault.pointer, "detail": say_fault(language, fault), "code": fault.code, **line}
