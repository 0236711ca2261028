"""The way out to Apple's phones: a silent push per device, then the phone fetches the pass by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from offers.flows.apple_devices import AppleDevices
from offers.model.message import Delivered, Dropped, Lane, OutboxItem, Outcome
from offers.model.message import RetryLater as TryAgain
from wallet.apple.apns import ApnsClient
from wallet.apple.push_outcomes import BadToken, PushOutcome, Refused, RetryLater, Sent, Unregistered

ALARM_PAUSE_S = 300.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleChannel:
    """Pushes every device that carries a changed card, once for all its changes in the batch; prunes dead tokens."""

    devices: AppleDevices
    apns: ApnsClient
    topic: str
    lane: Lane = Lane.APPLE

    async def deliver(self, items: Sequence[OutboxItem]) -> Sequence[Outcome]:
        registrations = await self.devices.carrying(sorted({item.payload["serial"] for item in items}))
        carriers: dict[str, set[str]] = {}
        for each in registrations:
            carriers.setdefault(each.serial, set()).add(each.push_token)
        wanted = {item.key: self._tokens(item, carriers) for item in items}
        pushed = await self.apns.push_many(sorted(set().union(*wanted.values())), topic=self.topic)
        for token, outcome in pushed.items():
            await self._prune(token, outcome)
        return [self._outcome(item, {token: pushed[token] for token in wanted[item.key]}) for item in items]

    def _tokens(self, item: OutboxItem, carriers: dict[str, set[str]]) -> set[str]:
        """Give whom to push: all carriers, or on a retry those that are still owed a push."""
        tokens = carriers.get(item.payload["serial"], set())
        return tokens & set(item.payload["owed"]) if "owed" in item.payload else tokens

    async def _prune(self, token: str, outcome: PushOutcome) -> None:
        if isinstance(outcome, Unregistered):
            await self.devices.forget_token(token, unless_after=outcome.since)
        elif isinstance(outcome, BadToken):
            await self.devices.forget_token(token, unless_after=None)

    def _outcome(self, item: OutboxItem, pushed: dict[str, PushOutcome]) -> Outcome:
        refused = [outcome for outcome in pushed.values() if isinstance(outcome, Refused)]
        later = {token: outcome for token, outcome in pushed.items() if isinstance(outcome, RetryLater)}
        if refused:
            _log.error("APNs refuses the certificate", status=refused[0].status, reason=refused[0].reason)
            return TryAgain(reason=f"refused: {refused[0].reason}", after_s=ALARM_PAUSE_S, whole_lane=True)
        if later:
            after_s = max(outcome.after_s for outcome in later.values())
            reason = next(iter(later.values())).reason
            return TryAgain(reason=reason, after_s=after_s, payload={**item.payload, "owed": sorted(later)})
        sent = sum(isinstance(outcome, Sent) for outcome in pushed.values())
        return Delivered(note=f"{sent} of {len(pushed)} devices") if pushed else Dropped(reason="no device carries it")
