"""Throw-away signing identities, made once a session: five RSA keys take half a second."""

from datetime import UTC, datetime

import pytest

from certs.dev import DevIdentities, make_dev_identities
from certs.identity import PassIdentity
from tests.identities import pass_identity_of


@pytest.fixture(scope="session")
def dev_identities(tmp_path_factory: pytest.TempPathFactory) -> DevIdentities:
    """Good from the real today on: TLS between client and stand-in looks at the machine's own clock."""
    return make_dev_identities(tmp_path_factory.mktemp("identities"), at=datetime.now(UTC))


@pytest.fixture(scope="session")
def pass_identity(dev_identities: DevIdentities) -> PassIdentity:
    return pass_identity_of(dev_identities)
