"""Every text that the code and the templates ask the catalogue for."""

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.extract import extract

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = (
    "bot",
    "certs",
    "channels",
    "locales",
    "merchant",
    "offers",
    "sandbox",
    "scoring",
    "service",
    "wallet",
    "web",
)
OTHERS = ("sandbox/google/", "sandbox/telegram/")
"""Stand-ins that speak with the words of whom they stand in for."""

TABLES = ("TEXTS", "ADVICE", "TITLES", "COUNTED")
"""Module-level dicts of texts: every string among their values is one (a pair is a plural)."""

_IN_TEMPLATES = {"_": (1,), "n_": (1, 2)}
_IN_CODE = {"gettext": 1, "ngettext": 1, "both": 0, "CannotImport": 0}
"""Which argument is the text, counted from zero; the texts are asked for in a language, so it comes second."""

_TREES_KEPT = 32
"""All of them would be a hundred megabytes that every later test drags along."""

_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true"}


@cache
def texts_asked_for() -> dict[str, set[str]]:
    """Give every msgid that surely needs a translation, and where it is asked for."""
    asked: dict[str, set[str]] = {}
    for path in templates():
        for text in _template_texts(path):
            asked.setdefault(text, set()).add(str(path.relative_to(PROJECT)))
    for path in modules():
        if str(path.relative_to(PROJECT)).startswith(OTHERS):
            continue
        for text in _module_texts(path):
            asked.setdefault(text, set()).add(str(path.relative_to(PROJECT)))
    return asked


@cache
def texts_that_occur() -> set[str]:
    """Give everything that might be a msgid: what templates ask for, and every string in the code."""
    occurring = {text for path in templates() for text in _template_texts(path)}
    for path in modules():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                occurring.add(node.value)
    return occurring


def templates() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("templates/**/*.html"))


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))


def _template_texts(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _, found, _, _ in extract("jinja2.ext:babel_extract", file, _IN_TEMPLATES, options=_OPTIONS):
            yield found if isinstance(found, str) else found[0]


def _module_texts(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and _name(node.func) in _IN_CODE:
            place = _IN_CODE[_name(node.func)]
            for argument in node.args[place : place + 1]:
                yield from _strings_of(argument, path)
    for name in TABLES:
        if name in (constants := _constants(path)):
            yield from _values(constants[name])


def _strings_of(node: ast.expr, path: Path) -> Iterator[str]:
    """Resolve an argument: a literal, either branch of a choice, or a constant of this module or of another."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=first, orelse=second):
            yield from _strings_of(first, path)
            yield from _strings_of(second, path)
        case ast.Name(id=name) if name in (constants := _constants(path)):
            if isinstance(constants[name], ast.Constant):
                yield from _strings_of(constants[name], path)
        case ast.Name(id=name) if source := _imported_from(path).get(name):
            yield from _strings_of(node, source)
        case _:
            return


def _values(table: ast.expr) -> Iterator[str]:
    if not isinstance(table, ast.Dict):
        return
    for value in table.values:
        match value:
            case ast.Constant(value=str(text)) | ast.Tuple(elts=[ast.Constant(value=str(text)), *_]):
                yield text
            case _:
                raise AssertionError(f"a table of texts holds {ast.unparse(value)}")


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@lru_cache(maxsize=_TREES_KEPT)
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@lru_cache(maxsize=_TREES_KEPT)
def _constants(path: Path) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in _tree(path).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                found[name] = value
            case _:
                continue
    return found


@cache
def _imported_from(path: Path) -> dict[str, Path]:
    """Give the module of ours that each imported name comes from."""
    found: dict[str, Path] = {}
    for node in _tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            source = PROJECT / (node.module.replace(".", "/") + ".py")
            if source.exists():
                found.update({alias.name: source for alias in node.names if alias.asname is None})
    return found
