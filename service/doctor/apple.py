"""Apple: the files that sign passes, and whether APNs takes their certificate."""

import random
from urllib.parse import urlsplit

from certs.check import check_pass_files
from certs.files import PassFiles
from certs.findings import Level
from certs.identity import PassIdentity, load_pass_identity
from service.doctor.observations import Observation, Part, well, worth_a_look, wrong, wrong_of
from service.doctor.surroundings import PATIENCE_S, Surroundings
from service.settings import AppleSettings
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.push_outcomes import PushOutcome, Refused, RetryLater

NOBODYS_TOKEN = "00" * 32
"""No device has this token: APNs looks at the certificate and the topic first, then says BadDeviceToken."""
_TOPIC_REASONS = frozenset({"BadTopic", "TopicDisallowed", "MissingTopic", "DeviceTokenNotForTopic"})
_FORBIDDEN = 403


async def examine_apple(around: Surroundings) -> list[Observation]:
    """Look at the certificate, its key and its chain."""
    apple = around.settings.apple
    files = pass_files(apple)
    if files is None:
        return [well(Part.APPLE, "apple_off")]
    findings = check_pass_files(
        files,
        pass_type_identifier=apple.pass_type or None,
        team_identifier=apple.team or None,
        at=around.clock(),
    )
    if found := wrong_of(Part.APPLE, findings):
        return found
    facts = {each.code: each.facts for each in findings}
    pass_type, days = facts["pass_type_matches"]["found"], facts["valid"]["days"]
    return [well(Part.APPLE, "apple_well", pass_type=pass_type, days=days)]


async def examine_pushes(around: Surroundings) -> list[Observation]:
    """Push to a token nobody has, and read from the refusal whether the certificate and the topic are good."""
    apple = around.settings.apple
    files = pass_files(apple)
    if files is None:
        return [well(Part.PUSHES, "pushes_off")]
    findings = check_pass_files(files, pass_type_identifier=None, team_identifier=None, at=around.clock())
    if any(each.level is Level.ERROR for each in findings):
        return [worth_a_look(Part.PUSHES, "pushes_blocked")]
    identity = load_pass_identity(files, at=around.clock())
    topic = apple.pass_type or identity.pass_type_identifier
    outcome = await _push(around, identity, topic)
    return [_judged(outcome, topic=topic, host=urlsplit(apple.apns_url).hostname or apple.apns_url)]


async def _push(around: Surroundings, identity: PassIdentity, topic: str) -> PushOutcome:
    apple = around.settings.apple
    client = ApnsClient(
        ApnsSettings(
            url=apple.apns_url,
            push_type=apple.apns_push_type,
            priority=apple.apns_priority,
            connect_timeout_s=PATIENCE_S,
            stream_timeout_s=PATIENCE_S,
        ),
        identity.client_context(apple.apns_authority),
        clock=around.clock,
        chance=random.Random(),  # noqa: S311 - jitter decides nothing
    )
    try:
        return await client.push(NOBODYS_TOKEN, topic=topic)
    finally:
        await client.close()


def _judged(outcome: PushOutcome, *, topic: str, host: str) -> Observation:
    match outcome:
        case Refused(status=status, reason=reason) if status == _FORBIDDEN:
            return wrong(Part.PUSHES, "pushes_certificate_refused", reason=reason)
        case Refused(reason=reason) if reason in _TOPIC_REASONS:
            return wrong(Part.PUSHES, "pushes_topic_refused", topic=topic, reason=reason)
        case Refused(status=status, reason=reason):
            return wrong(Part.PUSHES, "pushes_odd_answer", status=status, reason=reason)
        case RetryLater(reason=reason):
            return wrong(Part.PUSHES, "pushes_unreachable", reason=reason, host=host)
        case _:
            return well(Part.PUSHES, "pushes_well", topic=topic)


def pass_files(apple: AppleSettings) -> PassFiles | None:
    """Give the files that are configured; None when Apple Wallet is off."""
    if apple.certificate is None:
        return None
    return PassFiles(
        certificate_path=apple.certificate,
        key_path=apple.key,
        wwdr_path=apple.intermediate,
        passphrase=apple.key_password.get_secret_value() if apple.key_password else None,
    )
