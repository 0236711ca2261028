"""Asks Google whether this service account may write cards for this issuer, and says what to mend when it may not."""

from collections.abc import Sequence

from certs.findings import Finding, error, ok, warning
from wallet.google.client import GoogleWalletClient
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done, Refused, RetryLater

CLASSES_ASKED = 20


async def probe_issuer(client: GoogleWalletClient, *, issuer_id: str, class_ids: Sequence[str] = ()) -> list[Finding]:
    """Name the one thing that is wrong; else that all is well, and which of these classes Google has not yet.

    Reads only. Asks about at most 20 classes.
    """
    if not issuer_id:
        return [error("google_issuer_missing")]
    outcome = await client.classes_of(issuer_id)
    if not isinstance(outcome, Done):
        return [_wrong(outcome, client_email=client.client_email, issuer_id=issuer_id)]
    findings = [ok("google_issuer_ready", client_email=client.client_email, issuer_id=issuer_id)]
    for class_id in class_ids[:CLASSES_ASKED]:
        found = await client.get(Kind.CLASS, class_id)
        if isinstance(found, Refused) and found.code == "not_found":
            findings.append(warning("google_class_missing", class_id=class_id))
    return findings


def _wrong(outcome: Refused | RetryLater, *, client_email: str, issuer_id: str) -> Finding:
    match outcome:
        case RetryLater():
            return error("google_unreachable", reason=outcome.reason)
        case Refused(code="permission_denied"):
            return error("google_not_invited", client_email=client_email, issuer_id=issuer_id)
        case Refused(code="api_disabled"):
            return error("google_api_disabled", client_email=client_email)
        case Refused(code="token_refused"):
            return error("google_token_refused", client_email=client_email, reason=outcome.reason.rstrip("."))
        case Refused():
            return error("google_odd_answer", reason=f"{outcome.code}: {outcome.reason}".rstrip("."))
