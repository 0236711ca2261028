"""A class and a card as small as Google accepts them."""

from typing import Any

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
