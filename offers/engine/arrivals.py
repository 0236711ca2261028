"""Reading where somebody came from: the query of a link, and the payload behind a bot's `/start`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from offers.engine.referrals import read_code
from offers.model.arrival import Arrival
from offers.model.referral import SOURCE_PREFIX, source_of

DEFAULT_SOURCE = "page"
MARKS = ("medium", "campaign", "term", "content")
MAX_MARK = 64
_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
# Telegram takes [A-Za-z0-9_-], 64 symbols at most; both may stand in one payload, in either order.
_START = re.compile(
    r"(?:src-(?P<source>[A-Za-z0-9_-]{1,60}?))?_?(?:ref-(?P<code>[0-9A-Za-z]{10}))?(?:_src-(?P<later>[A-Za-z0-9_-]{1,60}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a `/start` payload says: a source, a member's code, or both."""

    source: str | None
    code: str | None


def safe_source(written: str | None) -> str:
    """Give where a visitor came from, as a poster or a link says it; anything odd becomes `page`."""
    return written if written and _SOURCE.fullmatch(written) else DEFAULT_SOURCE


def read_arrival(query: Mapping[str, str]) -> Arrival:
    """Read `src` and `utm_…`. Without a `src` the `utm_source` is the source, its odd symbols made dashes."""
    source = query.get("src") or _ODD.sub("-", query.get("utm_source", "")).strip("-")[:MAX_MARK]
    marks = {mark: _mark(query.get(f"utm_{mark}")) for mark in MARKS}
    return Arrival(source=safe_source(source), **marks)


def main_source(arrival: Arrival, code: str | None) -> str:
    """Give what a member's `source` says: who brought them comes before where the link was seen."""
    return source_of(code) if code else arrival.source


def read_start(payload: str) -> Start:
    """Read `src-poster`, `ref-<code>`, or both joined by `_` in either order; anything else says nothing."""
    found = _START.fullmatch(payload)
    if found is None:
        return Start(source=None, code=None)
    source = found["source"] if found["source"] is not None else found["later"]
    return Start(source=source, code=read_code(found["code"]))


def start_of(source: str | None, code: str | None) -> str:
    """Write the payload that `read_start` reads; a source with symbols Telegram does not take is left out."""
    parts = [f"{SOURCE_PREFIX}{code}"] if code else []
    if source and re.fullmatch(r"[A-Za-z0-9_-]{1,45}", source):
        parts.append(f"src-{source}")
    return "_".join(parts)


def _mark(written: str | None) -> str | None:
    return _CONTROLS.sub(" ", written or "").strip()[:MAX_MARK] or None
