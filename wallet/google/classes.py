"""Google's classes kept current: one smallest PATCH for a change that all cards of a design share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from offers.engine.smallest_patch import smallest_patch
from offers.flows.keep_class import TELLING_S, KeepClass
from wallet.google.client import Change, GoogleWalletClient
from wallet.google.kinds import Resource
from wallet.google.outcomes import Done, Outcome, Refused, RetryLater

BEING_TOLD: Final = "another process is telling Google of this class"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleClasses:
    """What Google has of a class is kept in the database, so a change is sent once and not once per process."""

    client: GoogleWalletClient
    keep: KeepClass

    async def ready(self, resource: Resource, *, attempt: int = 0) -> Outcome:
        """See to it that cards of this class can be sent: as `tell`, but one that another process tells is there."""
        outcome = await self.tell(resource, attempt=attempt)
        is_there = isinstance(outcome, RetryLater) and outcome.reason == BEING_TOLD and await self.is_known(resource.id)
        return Done(body=resource.body) if is_there else outcome

    async def tell(self, resource: Resource, *, attempt: int = 0) -> Outcome:
        """Make Google have this class: by nothing when it has it already, by a PATCH of what differs when it has one.

        RetryLater while another process is telling it.
        """
        if await self.keep.known(resource.id) == resource.body:
            return Done(body=resource.body)
        if not await self.keep.claim(resource.id):
            return RetryLater(after_s=1.0, reason=BEING_TOLD)
        outcome: Outcome = RetryLater(after_s=TELLING_S, reason="interrupted")
        try:
            known = await self.keep.known(resource.id)
            is_done = known == resource.body
            outcome = Done(body=resource.body) if is_done else await self._send(resource, known, attempt)
        finally:
            if isinstance(outcome, Done):
                await self.keep.told(resource.id, resource.body)
            else:
                await self.keep.not_told(resource.id)
        return outcome

    async def is_known(self, class_id: str) -> bool:
        """Whether Google has the class at all, as far as we know."""
        return await self.keep.known(class_id) is not None

    async def forget(self, class_id: str) -> None:
        """Have the whole class told again: Google says that it is not there."""
        await self.keep.forget(class_id)

    async def _send(self, resource: Resource, known: Mapping[str, Any] | None, attempt: int) -> Outcome:
        if known is None:
            return await self.client.put(resource.kind, resource.body, attempt=attempt)
        # Google refuses the update of a class that does not ask for its review again.
        part = {"reviewStatus": resource.body["reviewStatus"], **smallest_patch(known, resource.body)}
        change = Change(kind=resource.kind, resource_id=resource.id, part=part)
        outcome = await self.client.change(change, attempt=attempt)
        if isinstance(outcome, Refused) and outcome.code == "not_found":
            return await self.client.put(resource.kind, resource.body, expect_new=True, attempt=attempt)
        return outcome
