"""What is right and wrong with real identity files, one finding each, errors with their remedy."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from certs.authority import (
    PASS_SIGNING_USAGE,
    PASS_TYPE_EXTENSION,
    WWDR_OF_PASSES,
    common_name,
    is_development,
    issued_by,
    may_sign_passes,
    name_part,
    pass_type_extension,
    wwdr_generation,
)
from certs.files import PassFiles, PassMaterial, read_pass_material, shipped_wwdr
from certs.findings import Finding, IdentityError, error, ok, warning
from certs.service_account import read_google_document

SOON = timedelta(days=30)

_RSA_BITS = 2048


def check_pass_files(
    files: PassFiles, *, pass_type_identifier: str | None, team_identifier: str | None, at: datetime
) -> tuple[Finding, ...]:
    """Every finding about a pass identity; an expected name of None is read from the certificate."""
    try:
        material = read_pass_material(files)
    except IdentityError as refusal:
        return refusal.findings
    return check_pass_material(
        material, pass_type_identifier=pass_type_identifier, team_identifier=team_identifier, at=at
    )


def check_pass_material(
    material: PassMaterial, *, pass_type_identifier: str | None, team_identifier: str | None, at: datetime
) -> tuple[Finding, ...]:
    certificate = material.certificate
    return (
        *_names(certificate, pass_type_identifier, team_identifier),
        *_extensions(certificate),
        *_issuer(certificate, material.wwdr, at),
        _validity(certificate, at),
        *_key(certificate, material.private_key),
    )


def _names(
    certificate: x509.Certificate, pass_type_identifier: str | None, team_identifier: str | None
) -> Iterator[Finding]:
    subject = common_name(certificate.subject)
    for part, oid, wanted in (
        ("pass_type", NameOID.USER_ID, pass_type_identifier),
        ("team", NameOID.ORGANIZATIONAL_UNIT_NAME, team_identifier),
    ):
        found = name_part(certificate.subject, oid)
        if not found:
            yield error(f"{part}_missing", subject=subject)
        elif wanted is not None and found != wanted:
            yield error(f"{part}_mismatch", found=found, wanted=wanted)
        else:
            yield ok(f"{part}_matches", found=found)


def _extensions(certificate: x509.Certificate) -> Iterator[Finding]:
    wanted = name_part(certificate.subject, NameOID.USER_ID)
    found = pass_type_extension(certificate)
    if found is None:
        yield warning("extension_missing", oid=PASS_TYPE_EXTENSION.dotted_string)
    elif found != wanted:
        yield error("extension_mismatch", found=found, wanted=wanted)
    if not may_sign_passes(certificate):
        yield error("usage_missing", oid=PASS_SIGNING_USAGE.dotted_string)


def _issuer(certificate: x509.Certificate, wwdr: x509.Certificate, at: datetime) -> Iterator[Finding]:
    issuer = common_name(certificate.issuer)
    wanted = wwdr_generation(certificate.issuer)
    if wanted is None:
        yield error("issuer_not_wwdr", issuer=issuer)
        return
    generation = wwdr_generation(wwdr.subject) or common_name(wwdr.subject)
    if not issued_by(certificate, wwdr):
        yield error("wwdr_not_issuer", generation=generation, issuer=f"{issuer}, {wanted}", wanted=wanted)
        return
    if at >= wwdr.not_valid_after_utc:
        yield error("wwdr_expired", generation=generation, date=_date(wwdr.not_valid_after_utc))
    elif is_development(certificate.issuer):
        yield warning("wwdr_development")
    elif generation != WWDR_OF_PASSES:
        yield warning("wwdr_unusual", generation=generation)
    elif wwdr != shipped_wwdr():
        yield warning("wwdr_unknown", generation=generation)
    else:
        yield ok("wwdr_matches", generation=generation)


def _validity(certificate: x509.Certificate, at: datetime) -> Finding:
    subject = common_name(certificate.subject)
    ends_at = certificate.not_valid_after_utc
    if at < certificate.not_valid_before_utc:
        return error("not_yet_valid", subject=subject, date=_date(certificate.not_valid_before_utc))
    if at >= ends_at:
        return error("expired", subject=subject, date=_date(ends_at))
    days = str((ends_at - at).days)
    if ends_at - at <= SOON:
        return warning("expires_soon", subject=subject, date=_date(ends_at), days=days)
    return ok("valid", subject=subject, date=_date(ends_at), days=days)


def _key(certificate: x509.Certificate, private_key: PrivateKeyTypes) -> Iterator[Finding]:
    subject = common_name(certificate.subject)
    if isinstance(private_key, rsa.RSAPrivateKey):
        kind = f"RSA {private_key.key_size}"
        weak = private_key.key_size < _RSA_BITS
        yield error("key_weak", kind=kind) if weak else ok("key_accepted", kind=kind)
    elif isinstance(private_key, ec.EllipticCurvePrivateKey):
        yield ok("key_accepted", kind=f"EC {private_key.curve.name}")
    else:
        yield error("key_unsupported", kind=type(private_key).__name__.removesuffix("PrivateKey"))
    matches = _spki(private_key.public_key()) == _spki(certificate.public_key())
    yield ok("key_matches", subject=subject) if matches else error("key_mismatch", subject=subject)


def check_google_file(path: Path) -> tuple[Finding, ...]:
    """Every finding about a Google service account's JSON key."""
    try:
        document = read_google_document(path)
    except IdentityError as refusal:
        return refusal.findings
    key_id, email = str(document["private_key_id"]), str(document["client_email"])
    token_uri = str(document["token_uri"])
    findings = [ok("google_valid", client_email=email, key_id=key_id)]
    if not token_uri.startswith("https://"):
        findings.append(warning("google_token_uri", path=str(path), found=token_uri))
    return tuple(findings)


def _spki(public_key: Any) -> bytes:
    encoded: bytes = public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


def _date(instant: datetime) -> str:
    return instant.date().isoformat()
