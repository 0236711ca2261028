"""The lines of a text file, none longer than the limit."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from service.importing.errors import CannotImport
from service.importing.source import MAX_LINE_CHARACTERS


class TextLines:
    """Gives lines with their ends, counting characters. Damaged bytes become U+FFFD, which a later check finds."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._bytes = path.open("rb")
        try:
            self._text = TextIOWrapper(self._bytes, encoding=encoding, errors="replace", newline="")
        except LookupError:
            self._bytes.close()
            raise
        self.lines = 0
        self.characters = 0
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(MAX_LINE_CHARACTERS + 1):
            self.lines += 1
            self.characters += len(line)
            if len(line) > MAX_LINE_CHARACTERS:
                raise CannotImport(
                    "{path}: line {line} is longer than {limit} characters. Is this a text file?",
                    path=self._path,
                    line=self.lines,
                    limit=MAX_LINE_CHARACTERS,
                )
            yield line
        self.is_over = True

    @property
    def position(self) -> int:
        """How many bytes were taken from the file so far."""
        return self._bytes.tell()

    def close(self) -> None:
        self._text.close()
