"""Google: the service account's key file, and whether it may work for the issuer."""

from collections.abc import Sequence

from certs.check import check_google_file
from certs.findings import Finding, Level
from certs.identity import load_google_identity
from offers.flows.keep_class import KeepClass
from service.doctor.observations import Observation, Part, well, worth_a_look, wrong_of
from service.doctor.surroundings import PATIENCE_S, Surroundings
from service.google_wallet import callback_url
from wallet.google.class_bodies import class_id
from wallet.google.client import GoogleWalletClient
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import Pace
from wallet.google.probe import CLASSES_ASKED, probe_issuer


async def examine_google(around: Surroundings) -> list[Observation]:
    """Read the key file, then ask Google the smallest question that needs the right to write cards."""
    google = around.settings.google
    if google.service_account is None:
        return [well(Part.GOOGLE, "google_off")]
    findings: Sequence[Finding] = check_google_file(google.service_account)
    if not any(each.level is Level.ERROR for each in findings):
        findings = [*findings, *await _probe(around)]
    found = wrong_of(Part.GOOGLE, findings)
    if callback_url(around.settings) is None:
        found.append(worth_a_look(Part.GOOGLE, "google_no_callbacks"))
    if found:
        return found
    facts = {each.code: each.facts for each in findings}["google_issuer_ready"]
    return [well(Part.GOOGLE, "google_well", **facts)]


async def _probe(around: Surroundings) -> list[Finding]:
    google = around.settings.google
    assert google.service_account is not None  # noqa: S101 - the caller looked
    identity = load_google_identity(google.service_account)
    client = GoogleWalletClient(
        session=around.session,
        tokens=GoogleTokens(
            session=around.session,
            identity=identity,
            clock=around.clock,
            token_url=google.token_url,
            timeout_s=PATIENCE_S,
        ),
        pace=Pace(per_second=google.requests_per_s),
        api_url=google.api_url,
        timeout_s=PATIENCE_S,
    )
    return await probe_issuer(client, issuer_id=google.issuer_id, class_ids=await _known_classes(around))


async def _known_classes(around: Surroundings) -> list[str]:
    """Give the classes Google was told of: one that is missing there keeps cards from being saved."""
    if around.store is None:
        return []
    reading, keep = around.store.reading, KeepClass(around.store, around.clock)
    known: list[str] = []
    for programme in await reading.programmes.all():
        for design in await reading.designs.of_programme(programme.id):
            name = class_id(around.settings.google.issuer_id, programme.id, design)
            if len(known) < CLASSES_ASKED and await keep.known(name) is not None:
                known.append(name)
    return known
