"""A terminal for short commands: they run in this process, on the tests' database, in the language asked for."""

import asyncio
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.cli.main import main
from tests.commands import WIDE

LANGUAGES = {"ru": "ru_RU.UTF-8", "en": "en_GB.UTF-8"}
_FRAME = re.compile(r"[\s│╭╮╰╯─]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """`say` gives the exit code and the words, both streams, without the frames and the breaks of lines."""

    folder: Path
    settings: Mapping[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    async def say(
        self, *words: str, language: str = "en", settings: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        with self.monkeypatch.context() as now:
            now.chdir(self.folder)
            now.setattr(sys, "argv", ["tessera", *words])
            for name in ("LC_ALL", "LC_MESSAGES"):
                now.delenv(name, raising=False)
            asked = {**self.settings, **(settings or {}), **WIDE, "LANG": LANGUAGES[language]}
            for name, value in asked.items():
                now.setenv(name, value)
            self.capsys.readouterr()
            # In a thread, for a command brings an event loop of its own.
            code = await asyncio.to_thread(_run)
        said = self.capsys.readouterr()
        return code, _FRAME.sub(" ", said.out + said.err).strip()


def _run() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0
