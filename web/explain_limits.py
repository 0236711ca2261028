"""Clauses of the limits that cut a discount or points: they follow “because …”."""

from locales.catalogue import gettext
from web.speaking import Speaker

TEXTS = {
    "cap": "the offer gives no more than that on one purchase",
    "budget": "the budget of the offer is running out",
    "floor": "the goods may not cost less",
    "max_discount": "all discounts together may take only a part of the price",
    "max_points": "points may pay only a part of the price",
}


def limit_reached(speak: Speaker) -> str:
    """Say which limit it was."""
    return gettext(speak.language, TEXTS[speak.text("limit")])
