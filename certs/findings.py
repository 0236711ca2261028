"""What can be said about an identity's files, one line each; the msgid of every line is its English text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """How bad a finding is: an error stops the door that needs the identity."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


# Counts stand after a colon, so that no language needs plural forms here.
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "file_missing": "{path}: there is no such file. Put the file there or correct the setting.",
        "file_unreadable": "{path}: cannot be read ({reason}). Give the service's account the right to read it.",
        "file_too_large": "{path}: larger than {limit} bytes, so it is no certificate or key. Correct the setting.",
        "certificate_malformed": "{path}: holds no certificate. Expected PEM, DER (.cer) or .p12 as Apple gives it.",
        "key_malformed": "{path}: holds no private key. Export the key that made the signing request, as PEM.",
        "key_missing": "{path}: the certificate has no private key beside it. Name the key file, or give a .p12.",
        "key_unsupported": "The key is {kind}; wallets accept RSA and elliptic-curve keys. Request a new certificate.",
        "key_weak": "The key is {kind}: too short. Request a new certificate for an RSA key of 2048 bits.",
        "key_accepted": "The key is {kind}.",
        "passphrase_wrong": "{path}: the passphrase is missing or wrong. "
        "Set the passphrase the file was exported with.",
        "key_mismatch": "The private key does not belong to the certificate of {subject}. "
        "Use the key that made its signing request.",
        "key_matches": "The private key belongs to the certificate of {subject}.",
        "pass_type_missing": "The certificate of {subject} names no pass type (UID). "
        "Download the certificate of a Pass Type ID.",
        "pass_type_mismatch": "The certificate is for {found}, the settings say {wanted}. Make the two equal.",
        "pass_type_matches": "The certificate is for {found}.",
        "team_missing": "The certificate of {subject} names no team (OU). Download it from Apple's portal again.",
        "team_mismatch": "The certificate belongs to team {found}, the settings say {wanted}. Make the two equal.",
        "team_matches": "The certificate belongs to team {found}.",
        "not_yet_valid": "The certificate of {subject} is valid only from {date}. Check this machine's clock.",
        "expired": "The certificate of {subject} expired on {date}. Make a new one in Apple's portal.",
        "expires_soon": "The certificate of {subject} expires on {date}, days left: {days}. Renew it now.",
        "valid": "The certificate of {subject} is valid until {date}, days left: {days}.",
        "issuer_not_wwdr": "The certificate was issued by {issuer}, not by Apple's WWDR authority. "
        "Phones will refuse the passes: download the certificate of a Pass Type ID.",
        "wwdr_not_issuer": "The intermediate {generation} did not issue this certificate ({issuer} did). "
        "Phones refuse such passes without a word: download WWDR {wanted} from Apple's PKI page.",
        "wwdr_expired": "The WWDR intermediate {generation} expired on {date}. "
        "Make a new pass certificate and download the intermediate that issues it.",
        "wwdr_unusual": "The WWDR intermediate is {generation}; Apple issues pass certificates from G4. "
        "Check that this is the certificate of a Pass Type ID.",
        "wwdr_unknown": "The intermediate calls itself WWDR {generation} but is not the one Apple published. "
        "Download it from Apple's PKI page.",
        "wwdr_development": "The chain is Tessera's own, for development: real phones refuse its passes.",
        "wwdr_matches": "The WWDR intermediate {generation} issued this certificate.",
        "extension_missing": "The certificate lacks Apple's pass type extension {oid}. "
        "Check that this is the certificate of a Pass Type ID.",
        "extension_mismatch": "Apple's pass type extension says {found}, the subject says {wanted}. "
        "Download the certificate again.",
        "usage_missing": "The certificate may not sign passes (extended key usage {oid} is missing). "
        "Download the certificate of a Pass Type ID.",
        "google_malformed": "{path}: is no JSON object. Download the service account's key again, as JSON.",
        "google_wrong_type": "{path}: type is {found}, expected service_account. "
        "Create a key of a service account in Google Cloud.",
        "google_fields_missing": "{path}: missing: {fields}. Download the service account's key again.",
        "google_key_malformed": "{path}: private_key is no RSA key in PEM. Download the service account's key again.",
        "google_token_uri": "{path}: token_uri {found} is not https. Use https://oauth2.googleapis.com/token.",
        "google_valid": "The service account is {client_email}, key {key_id}.",
        "google_issuer_missing": "No Google issuer is set. "
        "Copy its number from the Pay & Wallet console into TESSERA_GOOGLE__ISSUER_ID.",
        "google_issuer_ready": "Google lets {client_email} work for the issuer {issuer_id}.",
        "google_not_invited": "Google does not let {client_email} work for the issuer {issuer_id}. "
        "Invite it in the Pay & Wallet console (pay.google.com/business/console) under Users, as a developer.",
        "google_api_disabled": "The Google Wallet API is off in the project of {client_email}. "
        "Switch it on in Google Cloud under APIs & Services.",
        "google_token_refused": "Google gives {client_email} no access: {reason}.",
        "google_unreachable": "Google Wallet does not answer from here: {reason}. "
        "Check the connection and the outgoing firewall.",
        "google_odd_answer": "Google Wallet answered something unexpected: {reason}.",
        "google_class_missing": "Google has no class {class_id} yet: it is made with the first card.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line about a file: a stable code, how bad it is, and the facts that fill the line."""

    code: str
    level: Level
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English line with its holes: the msgid under which `certs.po` holds the Russian one."""
        return MESSAGES[self.code]

    @property
    def text(self) -> str:
        return self.template.format(**self.facts)


def ok(code: str, **facts: str) -> Finding:
    return Finding(code=code, level=Level.OK, facts=facts)


def warning(code: str, **facts: str) -> Finding:
    return Finding(code=code, level=Level.WARNING, facts=facts)


def error(code: str, **facts: str) -> Finding:
    return Finding(code=code, level=Level.ERROR, facts=facts)


class IdentityError(Exception):
    """An identity cannot be loaded; the findings say why and what to do."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(" ".join(finding.text for finding in findings))
        self.findings = findings
