"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from service.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *("bench", "bot", "certs", "channels", "locales", "merchant", "offers", "sandbox", "scoring", "service", "tests"),
    *("wallet", "web"),
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
_NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "core", "base"}
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(\\n|\s)+[A-Za-z0-9+/=]{40}")
_KEY_FILES = {".key", ".p8", ".p12", ".pfx"}
_MOST_BYTES_OF_TEXT = 1_000_000


def files(*endings: str) -> Iterator[Path]:
    """Every file of ours with one of the endings; whoever is not in a package is not ours to judge."""
    for package in PACKAGES:
        for path in sorted((PROJECT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix in endings:
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@dataclass(frozen=True, slots=True)
class Outline:
    """What the rules ask of a module: parsing them all takes seconds, so each is parsed once."""

    docstring: str
    statements: int
    functions: tuple[tuple[str, int], ...]
    """Place and name of each, and how many lines it has."""


@cache
def outline(path: Path) -> Outline:
    tree = ast.parse(path.read_text())
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return Outline(
        docstring=ast.get_docstring(tree) or "",
        statements=len(tree.body),
        functions=tuple((f":{each.lineno} {each.name}", (each.end_lineno or 0) - each.lineno + 1) for each in found),
    )


def test_every_folder_of_code_is_listed_here() -> None:
    with_code = {path.parent.name for path in PROJECT.glob("*/*.py")}

    assert with_code <= set(PACKAGES)


def test_a_file_stops_at_300_lines() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in files(".py", ".js", ".css", ".html")}

    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_function_stops_at_40_lines() -> None:
    too_long = [
        f"{name(path)}{function} has {length} lines"
        for path in files(".py")
        for function, length in outline(path).functions
        if length > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_a_package_opens_with_one_line_and_nothing_else() -> None:
    talkative = []
    for path in files(".py"):
        if path.name == "__init__.py":
            text = outline(path).docstring
            if outline(path).statements != 1 or not text or "\n" in text:
                talkative.append(name(path))

    assert talkative == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in files(".py")}

    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_module_opens_with_a_line_about_itself() -> None:
    silent = [name(path) for path in files(".py") if not outline(path).docstring]

    assert silent == []


def test_no_name_says_nothing() -> None:
    paths = [path for package in PACKAGES for path in (PROJECT / package).rglob("*")]

    assert [name(path) for path in paths if path.stem in _NAMES_THAT_SAY_NOTHING] == []


def committed_texts() -> Iterator[tuple[Path, str]]:
    """What git follows or would, as text; without git (an unpacked archive), our packages."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    paths = [PROJECT / path for path in listing.stdout.split("\0") if path] or list(files(".py", ".pem", ".json"))
    for path in paths:
        if path.is_file() and path.stat().st_size < _MOST_BYTES_OF_TEXT:
            yield path, path.read_text(errors="replace")


def test_no_key_is_committed() -> None:
    keys = [name(path) for path, text in committed_texts() if path.suffix in _KEY_FILES or _PRIVATE_KEY.search(text)]

    assert keys == []


def test_a_committed_key_would_be_noticed() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"

    assert _PRIVATE_KEY.search(f"-----BEGIN RSA PRIVATE KEY-----\n{body}")
    assert _PRIVATE_KEY.search(f'"private_key": "-----BEGIN PRIVATE KEY-----\\n{body}')


@pytest.mark.parametrize("lock", sorted((PROJECT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_file_has_a_hash_for_everything_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text()
    pinned = re.findall(r"^[A-Za-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    named = [line for line in text.splitlines() if line and line[0] not in " #"]

    assert len(pinned) == len(named) > 0
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_the_smaller_lock_files_hold_the_versions_of_the_largest() -> None:
    pins = {
        lock.stem: set(re.findall(r"^([A-Za-z0-9._-]+==[^ ]+)", lock.read_text(), re.MULTILINE))
        for lock in (PROJECT / "requirements").glob("*.txt")
    }

    assert pins["run"] <= pins["demo"] <= pins["dev"]
    assert pins["build"] | pins["dask"] <= pins["dev"]


def variables(prefix: str, fields: dict[str, FieldInfo]) -> Iterator[str]:
    for field_name, field in fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            yield from variables(f"{prefix}{field_name}__", group.model_fields)
        else:
            yield f"{prefix}{field_name}".upper()


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    example = re.findall(r"^#?(TESSERA_\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)

    assert sorted(variable for variable, _ in example) == sorted(variables("tessera_", Settings.model_fields))

    monkeypatch.chdir(tmp_path)  # away from the .env of whoever runs this
    defaults = Settings()
    for variable, value in example:
        if value:
            monkeypatch.setenv(variable, value)
    assert Settings() == defaults


def test_the_import_contracts_hold() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip

    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]
