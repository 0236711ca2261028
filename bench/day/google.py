"""All of Google in this process: keeps what it is sent, counts breaches of its quotas, is unwell at stated rates."""

import json
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus
from typing import Any

from bench.day.virtual_time import VirtualTime
from offers.engine.smallest_patch import merged
from wallet.google.answers import Answer
from wallet.google.client import GoogleWalletClient

CALLS_PER_S = 20
RINGS_PER_DAY = 3
DAY_S = 86_400.0
TOO_FAST_RATE = 0.004
BROKEN_RATE = 0.004
LATENCY_S = (0.08, 0.35)
REST_S = 2


@dataclass(slots=True)
class DayOfGoogle:
    """`told` is called with every object as it then stands. An object of a known class is there from the beginning."""

    time: VirtualTime
    dice: random.Random
    told: Callable[[str, Mapping[str, Any]], None] = lambda _, __: None
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    rate_breaches: int = 0
    ring_breaches: int = 0
    rung: int = 0
    class_patches: list[float] = field(default_factory=list)
    most_in_a_second: int = 0
    _recent: deque[float] = field(default_factory=deque)
    _rings: dict[str, list[float]] = field(default_factory=dict)

    async def serve(self, method: str, url: str, body: Mapping[str, Any] | None, raw: bytes | None) -> Answer:
        await self.time.sleep(self.dice.uniform(*LATENCY_S) / 2)
        answer = self._batch(raw) if raw is not None else self._one(method, url.split("/v1/", 1)[1], body or {})
        await self.time.sleep(self.dice.uniform(*LATENCY_S) / 2)
        return answer

    def _batch(self, raw: bytes) -> Answer:
        whole = message_from_bytes(b"Content-Type: multipart/mixed; boundary=tessera-batch\r\n\r\n" + raw)
        parts = [part for part in whole.get_payload() if isinstance(part, Message)]
        written = []
        for part in parts:
            head, _, body = bytes(part.get_payload(decode=True) or b"").partition(b"\r\n\r\n")
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            answer = self._one(method, path.split("/v1/", 1)[1], json.loads(body))
            extra = f"Retry-After: {REST_S}\r\n" if answer.status == HTTPStatus.TOO_MANY_REQUESTS else ""
            number = part["Content-ID"].strip("<>")
            written.append(
                f"--b\r\nContent-Type: application/http\r\nContent-ID: <response-{number}>\r\n\r\n"
                f"HTTP/1.1 {answer.status} X\r\n{extra}\r\n{answer.raw.decode()}\r\n"
            )
        content = ("".join(written) + "--b--\r\n").encode()
        return Answer(200, {"Content-Type": "multipart/mixed; boundary=b"}, content)

    def _one(self, method: str, path: str, body: Mapping[str, Any]) -> Answer:
        kind, _, resource_id = path.partition("/")
        self._count(f"{method} {kind}")
        if self.dice.random() < TOO_FAST_RATE:
            return self._answer(HTTPStatus.TOO_MANY_REQUESTS, {"error": {"message": "rate"}}, retry_after_s=REST_S)
        if self.dice.random() < BROKEN_RATE:
            return self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": {"message": "unwell"}})
        if method == "PATCH" and kind.endswith("Class") and resource_id not in self.kept:
            return self._answer(HTTPStatus.NOT_FOUND, {"error": {"message": "no such class"}})
        name = resource_id or str(body["id"])
        if method == "PATCH" and kind.endswith("Class"):
            self.class_patches.append(self.time.seconds())
        if body.get("notifyPreference") == "NOTIFY_ON_UPDATE":
            self._ring(name)
        part = {field_name: value for field_name, value in body.items() if field_name != "notifyPreference"}
        self.kept[name] = merged(self.kept.get(name, {}), part)
        if kind.endswith("Object"):
            self.told(name, self.kept[name])
        return self._answer(HTTPStatus.OK, {})

    def _count(self, call: str) -> None:
        now = self.time.seconds()
        self.calls[call] += 1
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        self._recent.append(now)
        self.most_in_a_second = max(self.most_in_a_second, len(self._recent))
        self.rate_breaches += len(self._recent) > CALLS_PER_S

    def _ring(self, name: str) -> None:
        now = self.time.seconds()
        recent = [at for at in self._rings.get(name, ()) if at > now - DAY_S]
        self.ring_breaches += len(recent) >= RINGS_PER_DAY
        self.rung += 1
        self._rings[name] = [*recent, now]

    def _answer(self, status: int, body: Mapping[str, Any], *, retry_after_s: int | None = None) -> Answer:
        self.answers[int(status)] += 1
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        return Answer(int(status), headers, json.dumps(body).encode())


class ClientOfTheDay(GoogleWalletClient):
    """The real client, but for its last step: what it would send goes to a Google in this process."""

    google: DayOfGoogle

    async def _exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        raw_body: bytes | None = None,
    ) -> Answer:
        assert headers["Authorization"] == "Bearer of-the-day"
        return await self.google.serve(method, url, body, raw_body)


class TokensOfTheDay:
    """A token that never ends: what renewing one takes is tested elsewhere."""

    client_email = "day@example.iam.gserviceaccount.com"

    async def bearer(self, *, rejected: str | None = None) -> str:
        assert rejected is None
        return "of-the-day"
