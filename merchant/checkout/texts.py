"""The texts that the till's scripts need, by the names the scripts call them."""

from locales.catalogue import ngettext, translations

TEXTS: dict[str, str] = {
    "offline": "No connection. Nothing is lost: go on when the connection is back.",
    "unreachable": "The service did not answer. Check the connection and try again.",
    "signed_out": "This key no longer works here. Ask for a new one and sign in again.",
    "sample": "sample data",
    "looking": "Looking for the card…",
    "card_found": "Card found. {greeting}. {points}.",
    "card_blocked": "This card is blocked. Points and discounts cannot be used with it.",
    "card_voided": "This card was voided. Ask the member to open the new one.",
    "camera_on": "The camera is on. Hold the card's code in front of it.",
    "camera_refused": "The camera may not be used. Allow it in the browser, take a photo, or type the code.",
    "camera_missing": "No camera was found. Take a photo, use a scanner, or type the code.",
    "camera_rests": "The camera rests after two minutes without a card. Turn it on again when you need it.",
    "reading_photo": "Reading the photo…",
    "amount_empty": "Enter the amount of the sale.",
    "amount_unclear": "This is not an amount. Write it like {example}.",
    "amount_decimals": "An amount in {currency} has no more than {digits} decimals.",
    "amount_zero": "The amount must be more than zero.",
    "amount_huge": "The amount is too large for one sale.",
    "order_empty": "The order number is empty. Type one or take the suggested one.",
    "limit": "Up to {points} for this sale",
    "limit_all": "{points} on the card",
    "settle": "Settle",
    "settle_for": "Settle for {money}",
    "settling": "Settling…",
    "finding_out": "The answer did not come. Finding out what happened…",
    "not_settled": "The sale was not settled. Nothing was charged: press “Settle” again.",
    "outcome_unknown": "The answer did not come, and the connection is gone. Press “Settle” again when it is back:"
    " the same order is never charged twice.",
    "recovered": "The connection broke, but the sale was settled. Here is its receipt.",
    "settled_before": "This order was already settled, with other numbers. Here is its receipt.",
    "settled": "Settled. To pay: {money}.",
    "voided": "Voided. The points are back as they were.",
    "voiding": "Voiding…",
    "to_pay": "To pay: {money}.",
    "why_not": "Why not? ({count})",
    "coupons_others": "Not usable now ({count})",
    "coupon_first": "This is a coupon. Scan the member's card first, then the coupon.",
    "code_empty": "Type the code first.",
    "code_twice": "This code is there already.",
    "code_too_many": "One sale takes {most} codes at most.",
    "code_remove": "Remove",
    "applied": "Applied",
    "not_applied": "Not applied",
    "next_level": "{money} more of purchases to the level “{level}”",
    "returning": "Returning…",
    "returned": "Returned. To pay out: {money}.",
    "return_recovered": "The connection broke, but the goods were returned. This is what to pay out.",
    "return_unknown": "No sale has this order number here.",
    "return_voided": "This sale was voided: there is nothing to return.",
    "return_returned": "Everything of this sale was returned already.",
    "return_nothing": "Tick what comes back.",
    "return_sale": "The whole sale",
    "return_back_already": "Returned already",
    "return_left": "{money} left",
    "return_pieces_left": "{pieces} left, {money}",
    "return_how_many": "how many come back",
    "return_how_much": "price of what comes back",
    "return_pieces": "A number from 1 to {most}.",
    "return_unclear": "This is not an amount.",
    "return_too_much": "That is more than is left.",
    "enrol_shown": "The code is shown. The member scans it with their own phone.",
    "return_sum": "{money} to pay out. Spent points return to the card, added points are taken back.",
}
COUNTED: dict[str, tuple[str, str]] = {"points": ("{count} point", "{count} points")}
_NUMBERS = {"one": 1, "few": 2, "many": 5, "other": 5}
"""A number of each kind that Unicode tells apart in Russian and English."""


def till_texts(language: str) -> dict[str, str | dict[str, str]]:
    """Give every text with its `{facts}` still open: the scripts fill them in."""
    speak = translations(language)
    texts: dict[str, str | dict[str, str]] = {name: speak.gettext(text) for name, text in TEXTS.items()}
    for name, (one, many) in COUNTED.items():
        texts[name] = {
            kind: ngettext(language, one, many, number, count="{count}") for kind, number in _NUMBERS.items()
        }
    return texts
