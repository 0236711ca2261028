"""YAML that means what it looks like: no `no` that is false, no `10:00` that is 600, no anchors, no twin keys.

PyYAML follows YAML 1.1, in which unquoted clock times are numbers in base 60 and dates are dates. Offers are full of
both, so plain words stay words here: only null, true, false and decimal numbers are more than text (YAML 1.2, JSON).
"""

import re
from typing import Any

import yaml

MAX_NODES = 200_000
MAX_DEPTH = 60
"""Six conditions in one another are nested thrice as deep as text; offers never come near this."""
_PREFIX = "tag:yaml.org,2002:"
_SCALARS = (
    ("null", re.compile(r"(~|null|)")),
    ("bool", re.compile(r"(true|false)")),
    ("int", re.compile(r"-?(0|[1-9][0-9]{0,17})")),
    ("float", re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")),
)


class YamlFault(Exception):
    """The text is not YAML as it is read here. `line` counts from 1; `code` and `facts` say why."""

    def __init__(self, code: str, *, line: int, pointer: str = "", **facts: str) -> None:
        super().__init__(f"line {line}: {code} {facts}")
        self.code = code
        self.pointer = pointer
        self.line = line
        self.facts = facts


def read_yaml(text: str) -> tuple[Any, dict[str, int]]:
    """Read a document, and the line of every pointer in it. Raises YamlFault."""
    try:
        _refuse_what_grows(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        reader = _Reader()
        return (reader.read(node, "") if node is not None else None), reader.lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault("yaml_invalid", line=mark.line + 1 if mark else 1, error=str(error.problem)) from None
    except yaml.YAMLError as error:
        raise YamlFault("yaml_invalid", line=1, error=str(error)) from None


def write_yaml(document: Any) -> str:
    """Write a document so that it reads back as the same, in YAML 1.1 and 1.2 alike."""
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    return text


class _Reader:
    """Builds plain values from PyYAML's nodes."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}

    def read(self, node: Any, pointer: str) -> Any:
        self.lines.setdefault(pointer, node.start_mark.line + 1)
        if len(self.lines) > MAX_NODES:
            raise _fault("yaml_too_large", node, pointer)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(each, f"{pointer}/{number}") for number, each in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: Any, pointer: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _fault("yaml_key", key_node, pointer)
            key = key_node.value
            place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in found:
                raise _fault("yaml_twice", key_node, place)
            self.lines[place] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, place)
        return found


def _fault(code: str, node: Any, pointer: str) -> YamlFault:
    return YamlFault(code, line=node.start_mark.line + 1, pointer=pointer)


def _scalar(node: Any) -> Any:
    if node.style is not None:
        return node.value
    kind = next((name for name, pattern in _SCALARS if pattern.fullmatch(node.value)), "str")
    match kind:
        case "null":
            return None
        case "bool":
            return node.value == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
        case _:
            return node.value


def _refuse_what_grows(text: str) -> None:
    """Refuse anchors, for an alias repeats what an anchor named: a short text can grow without end. And refuse depth.

    The reader looks at every level above for each word, so that it would take minutes over 20 KB of brackets.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            raise YamlFault("yaml_anchor", line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise YamlFault("yaml_too_deep", line=line)
