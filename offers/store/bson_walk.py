"""A walk through many documents of BSON at once: each step reads the next element of all that still look alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TEXT, _DOCUMENT, _ARRAY, _INSTANT, _INT32, _INT64, _DECIMAL = 0x02, 0x03, 0x04, 0x09, 0x10, 0x12, 0x13
_DECIMAL_BYTES = 16
_BEHIND = 64
"""Zeros after the last document, so that no look reaches beyond the bytes."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """`at` is where each document is being read.

    `alike` marks the documents that had every element that was asked for; the others stay where they strayed. Texts
    and decimals are given as places: rows of where they begin and end. Values of strayed ones mean nothing.
    """

    raw: bytes
    at: Places
    alike: Flags

    @classmethod
    def over(cls, raw: bytes, starts: Sequence[int]) -> "Walk":
        """Begin with the first element of each of the documents that lie one after another."""
        at = np.array(starts, dtype=np.int64) + 4
        return cls(raw=raw + bytes(_BEHIND), at=at, alike=np.ones(at.size, dtype=np.bool_))

    def some(self, places: Places) -> "Walk":
        """Give a walk of some of the documents."""
        return Walk(raw=self.raw, at=self.at[places], alike=self.alike[places])

    def go_on(self, places: Places, walk: "Walk") -> None:
        """Take over where a walk of some of the documents has come to."""
        self.at[places], self.alike[places] = walk.at, walk.alike

    def unended(self) -> Places:
        """Give the documents alike of which there is more."""
        return np.flatnonzero(self.alike & (self._seen("u1") != 0))

    def text(self, name: str) -> Places:
        self._enter(_TEXT, name)
        begins = self.at + 4
        ends = begins + np.clip(self._seen("<i4"), 1, None) - 1
        self._step(ends + 1 - self.at)
        return np.stack([begins, ends], axis=1)

    def instant(self, name: str) -> Places:
        """Give milliseconds since 1970."""
        self._enter(_INSTANT, name)
        told: Places = self._seen("<i8")
        self._step(8)
        return told

    def decimal(self, name: str) -> Places:
        self._enter(_DECIMAL, name)
        begins = self.at.copy()
        self._step(_DECIMAL_BYTES)
        return np.stack([begins, begins + _DECIMAL_BYTES], axis=1)

    def whole(self, name: str) -> Places:
        """Give whole numbers: the small ones are written in four bytes, the others in eight."""
        small = self._seen("u1") == _INT32
        self._enter(np.where(small, _INT32, _INT64), name)
        told: Places = np.where(small, self._seen("<i4"), self._seen("<i8"))
        self._step(np.where(small, 4, 8))
        return told

    def array(self, name: str) -> None:
        self._enter(_ARRAY, name)
        self._step(4)

    def document(self, name: str) -> None:
        self._enter(_DOCUMENT, name)
        self._step(4)

    def end(self) -> None:
        """Pass the end of a document or an array; whoever has more strays."""
        self.alike &= self._seen("u1") == 0
        self._step(1)

    def is_word(self, texts: Places, word: str) -> Flags:
        """Mark the texts that are one word."""
        long = texts[:, 1] - texts[:, 0] == len(word)
        same: Flags = long & self.alike
        same &= self._seen(f"S{len(word)}", np.where(same, texts[:, 0], 0)) == word.encode()
        return same

    def words(self, texts: Places) -> list[str]:
        raw = self.raw
        return [raw[begin:end].decode() for begin, end in zip(*texts.T.tolist(), strict=True)]

    def pieces(self, places: Places) -> list[bytes]:
        raw = self.raw
        return [raw[begin:end] for begin, end in zip(*places.T.tolist(), strict=True)]

    def _enter(self, kind: int | Places, name: str) -> None:
        head = name.encode() + b"\0"
        self.alike &= self._seen("u1") == kind
        # Numpy leaves zeros at the end out of account, so the head's own is asked for apart.
        self.alike &= self._seen(f"S{len(head)}", self.at + 1) == head
        self._step(1 + len(head))

    def _step(self, further: int | Places) -> None:
        self.at = np.where(self.alike, self.at + further, self.at)

    def _seen(self, kind: str, at: Places | None = None) -> Any:
        """Look at values of a kind, wherever they lie."""
        each = np.dtype(kind)
        there = np.ndarray((len(self.raw) - each.itemsize + 1,), each, self.raw, strides=(1,))
        return there[self.at if at is None else at]
