"""The words of each consent by version, filled in for a programme; every door that enrols shows the same ones."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from offers.model.consent import Purpose
from offers.model.programme import Language, Programme

VERSION = "2026-03"
"""Changes with every change of the texts, and the files of a version that people agreed to stay."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWords:
    """One consent as a person reads it. `digest` is the SHA-256 of the whole text in UTF-8, hexadecimal."""

    purpose: Purpose
    version: str
    title: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.title}\n\n{self.body}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def consent_words(
    purpose: Purpose, programme: Programme, language: Language, *, version: str = VERSION
) -> ConsentWords:
    """Give the words of a consent. Raises FileNotFoundError for a version that never was."""
    title, _, body = _written(purpose, language, version).format(programme=programme.name(language)).partition("\n\n")
    return ConsentWords(purpose=purpose, version=version, title=title.strip(), body=body.strip())


@cache
def _written(purpose: Purpose, language: Language, version: str) -> str:
    path = _FOLDER / f"{purpose.value}.{version}.{language.value}.txt"
    return path.read_text(encoding="utf-8")
