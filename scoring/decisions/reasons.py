"""One line for each decision, in the language of whoever reads it."""

from locales.catalogue import gettext
from scoring.decisions.decide import Reason

TEXTS: dict[Reason, str] = {
    Reason.PAYS: "{percent} %: it should bring at least {margin} more than it costs.",
    Reason.DRAWN: "{percent} %: drawn at random, to learn what works.",
    Reason.WOULD_BUY_ANYWAY: "No offer: the discount would mostly go to purchases made anyway.",
    Reason.NOT_PROVEN: "No offer: nothing shows that one would change what this member buys.",
    Reason.BUDGET: "No offer: the budget brings more with other members.",
}


def line_of(reason: Reason, language: str, *, discount: float, margin: str) -> str:
    """Say why a member gets this discount (a share of the price) or none; `margin` is money already written out."""
    return gettext(language, TEXTS[reason], percent=f"{discount * 100:g}", margin=margin)
