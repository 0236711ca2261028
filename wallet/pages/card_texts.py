"""The texts that the card's scripts need, by the names the scripts call them."""

from locales.catalogue import translations

TEXTS: dict[str, str] = {
    "offline": "No connection. The card is shown as it was {ago}.",
    "offline_static": "This code never changes. It may do less at the till than the changing one.",
    "offline_no_code": "The code needs a connection. Turn the network on, or tell the till your phone number.",
    "changes": "changes in {seconds} s",
    "just_now": "just now",
    "minutes": "{number} min ago",
    "hours": "{number} h ago",
    "days": "{number} d ago",
    "copied": "The link is copied",
    "copy_failed": "Copy the link by hand: it stands above.",
    "updated": "The card has changed.",
}


def card_texts(language: str) -> dict[str, str]:
    """Give every text with its `{facts}` still open: the scripts fill them in."""
    speak = translations(language)
    return {name: speak.gettext(text) for name, text in TEXTS.items()}
