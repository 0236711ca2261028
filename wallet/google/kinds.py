"""Google's three kinds of passes that our cards are: loyalty, offer and gift card, each a class and its objects."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from offers.model.design import CardFamily, CardKind


class Kind(StrEnum):
    """A collection of the REST API: what all cards of a design share (a class), or one card (an object)."""

    CLASS = "loyaltyClass"
    OBJECT = "loyaltyObject"
    OFFER_CLASS = "offerClass"
    OFFER_OBJECT = "offerObject"
    GIFT_CARD_CLASS = "giftCardClass"
    GIFT_CARD_OBJECT = "giftCardObject"

    @property
    def is_class(self) -> bool:
        return self.value.endswith("Class")


def class_kind(kind: CardKind) -> Kind:
    """Tell which class a kind of card is."""
    match kind.family:
        case CardFamily.OFFER:
            return Kind.OFFER_CLASS
        case CardFamily.GIFT_CARD:
            return Kind.GIFT_CARD_CLASS
        case CardFamily.LOYALTY:
            return Kind.CLASS


def object_kind(kind: CardKind) -> Kind:
    return Kind(f"{class_kind(kind).value.removesuffix('Class')}Object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One class or object, whole: what `GoogleWalletClient.put` takes."""

    kind: Kind
    body: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def digest(self) -> str:
        """Name the content: the same digest is the same resource."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()
