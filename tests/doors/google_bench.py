"""The Google client at the stand-in's door, and a class and a card as small as Google accepts them."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from certs.identity import GoogleIdentity
from sandbox.google.server import GoogleStandIn
from tests.clock import SettableClock
from wallet.google.client import GoogleWalletClient
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import Pace

EMAIL = "tessera@project.iam.gserviceaccount.com"
ISSUER = "3388000000012345678"
CLASS_ID = f"{ISSUER}.coffee"
OBJECT_ID = f"{ISSUER}.card1"


def class_of(**fields: Any) -> dict[str, Any]:
    return {
        "id": CLASS_ID,
        "issuerName": "Coffee",
        "programName": "Coffee",
        "programLogo": {"sourceUri": {"uri": "https://cards.example/logo.png"}},
        "reviewStatus": "UNDER_REVIEW",
        **fields,
    }


def card_of(points: int = 10, **fields: Any) -> dict[str, Any]:
    return {
        "id": OBJECT_ID,
        "classId": CLASS_ID,
        "state": "ACTIVE",
        "loyaltyPoints": {"label": "Points", "balance": {"int": points}},
        **fields,
    }


@dataclass(frozen=True, slots=True)
class GoogleBench:
    """A client at the stand-in's door, with the parts a test may want to turn."""

    google: GoogleStandIn
    session: ClientSession
    identity: GoogleIdentity
    clock: SettableClock
    tokens: GoogleTokens
    pace: Pace
    client: GoogleWalletClient

    def paths(self) -> list[str]:
        return [f"{call.method} {call.path.split('/')[1]} {call.status}" for call in self.google.calls]
