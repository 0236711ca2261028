"""Faults on demand: what a stand-in does wrong, how many times, and to which requests."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave. Without `status` and `cut` the request is served, only later by `latency_s`."""

    status: int | None = None
    reason: str = ""
    retry_after_s: int | None = None
    latency_s: float = 0.0
    cut: bool = False  # drop the connection without an answer
    where: Mapping[str, str] = field(default_factory=dict)  # only requests whose facts match all of these

    def concerns(self, facts: Mapping[str, str]) -> bool:
        return all(facts.get(name) == value for name, value in self.where.items())


class Faults:
    """Faults waiting for their requests, used oldest first, each a stated number of times."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault, *, times: int | None) -> None:
        """Let the fault hit the next `times` requests that it concerns; None means until `clear`."""
        self._waiting.append((fault, times))

    def clear(self) -> None:
        self._waiting.clear()

    async def strike(self, facts: Mapping[str, str]) -> Fault | None:
        """Use up one fault for this request, wait its latency, and return it when it spoils the answer."""
        for place, (fault, times) in enumerate(self._waiting):
            if fault.concerns(facts):
                self._use(place, fault, times)
                await asyncio.sleep(fault.latency_s)
                return fault if fault.cut or fault.status is not None else None
        return None

    def _use(self, place: int, fault: Fault, times: int | None) -> None:
        if times is None:
            return
        if times <= 1:
            del self._waiting[place]
        else:
            self._waiting[place] = (fault, times - 1)
