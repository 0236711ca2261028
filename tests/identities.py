"""Throw-away identities, read once a process: to check an RSA key anew takes as long as a small test."""

from datetime import UTC, datetime
from functools import cache

from certs.dev import DevIdentities
from certs.identity import GoogleIdentity, PassIdentity, load_google_identity, load_pass_identity


@cache
def pass_identity_of(identities: DevIdentities) -> PassIdentity:
    return load_pass_identity(identities.pass_files, at=datetime.now(UTC))


@cache
def google_account_of(identities: DevIdentities) -> GoogleIdentity:
    return load_google_identity(identities.google_path)
