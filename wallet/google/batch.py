"""Many requests to Google in one: `multipart/mixed` parts of `application/http`, told apart by their Content-ID."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from http import HTTPMethod, HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from wallet.google.answers import Answer

PARTS_LIMIT: Final = 100
"""Google documents no limit for this API; its others take a hundred."""
BOUNDARY: Final = "tessera-batch"
CONTENT_TYPE: Final = f"multipart/mixed; boundary={BOUNDARY}"
_BREAK: Final = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One request of a batch. `path` begins at the host, as in a request line."""

    method: HTTPMethod
    path: str
    body: Mapping[str, Any]


def batch_url(api_url: str) -> str:
    """Give where batches go: `/batch` beside the API."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}/batch"


def write_batch(parts: Sequence[Part]) -> bytes:
    """Write the body of a batch; its parts are numbered from 0. Raises ValueError for more than 100."""
    if not 0 < len(parts) <= PARTS_LIMIT:
        raise ValueError(f"a batch has between 1 and {PARTS_LIMIT} parts, not {len(parts)}")
    written = []
    for number, part in enumerate(parts):
        # Plain ASCII: a boundary can then never stand inside a body, and lengths are the same in bytes and characters.
        body = json.dumps(part.body, separators=(",", ":"))
        head = (
            f"--{BOUNDARY}",
            "Content-Type: application/http",
            f"Content-ID: <{number}>",
            "",
            f"{part.method.value} {part.path} HTTP/1.1",
            "Content-Type: application/json; charset=UTF-8",
            f"Content-Length: {len(body)}",
            "",
            body,
        )
        written.append(_BREAK.join(head))
    return (_BREAK.join(written) + f"{_BREAK}--{BOUNDARY}--{_BREAK}").encode("ascii")


def read_batch(answer: Answer, *, count: int) -> list[Answer | None]:
    """Give each part's answer in the order the parts were sent; None for one that was not answered."""
    content_type = answer.headers.get("Content-Type", "")
    whole = message_from_bytes(f"Content-Type: {content_type}{_BREAK}{_BREAK}".encode() + answer.raw)
    answers: list[Answer | None] = [None] * count
    parts = whole.get_payload()
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message) and (number := _number(part, count)) is not None:
            answers[number] = _inner(part)
    return answers


def _number(part: Message, count: int) -> int | None:
    said = str(part.get("Content-ID", "")).strip("<> ").removeprefix("response-")
    return int(said) if said.isascii() and said.isdigit() and int(said) < count else None


def _inner(part: Message) -> Answer:
    payload = part.get_payload(decode=True)
    raw = (payload if isinstance(payload, bytes) else b"").lstrip().replace(b"\r\n", b"\n")
    head, _, body = raw.partition(b"\n\n")
    line, _, fields = head.partition(b"\n")
    words = line.decode("latin-1").split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else HTTPStatus.BAD_GATEWAY
    headers = {name: str(value) for name, value in message_from_bytes(fields + b"\n\n").items()}
    return Answer(int(status), headers, body)
