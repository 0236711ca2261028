"""The Google client at the stand-in's door, and a class and a card as small as Google accepts them."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from certs.identity import GoogleIdentity
from sandbox.google.server import GoogleStandIn
from tests.clock import SettableClock
from wallet.google.client import GoogleWalletClient
from wallet.google.oauth import GoogleTokens
from wallet.google.outcomes import Outcome, Refused
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


def code_of(outcome: Outcome) -> str:
    return outcome.code if isinstance(outcome, Refused) else type(outcome).__name__


async def sent(bench: GoogleBench, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    """Ask the stand-in directly, where our client has no such question."""
    headers = {"Authorization": f"Bearer {await bench.tokens.bearer()}"}
    async with bench.session.request(method, f"{bench.google.api_url}/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json()
