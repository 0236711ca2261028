"""Clauses of the conditions that did not hold: they follow “was not used:”."""

from collections.abc import Callable

from locales.catalogue import gettext
from web.speaking import Speaker

TEXTS = {
    "": "its conditions do not hold",
    "code": "no coupon or voucher code of it was shown",
    "outlet": "it runs at other outlets",
    "segment": "it is for a segment the member is not in",
    "score": "it is chosen for other members, by what they buy",
    "score_unknown": "it is chosen by what members buy, and nothing is known of this one yet",
    "likes": "it is for members who like other goods",
    "first_purchase": "it is for the first purchase alone",
    "channel": "it is not for purchases made this way",
    "birthday": "it is for the days around the member's birthday",
    "birthday_unknown": "it is for the days around the birthday, which the member has not told",
    "bundle": "the set is not complete",
    "any_of": "none of the ways to get it fits",
    "not all_of": "it is not for purchases that have all of that",
    "not any_of": "it is not for purchases that have any of that",
    "not not": "something it needs is missing",
    "not amount": "it is not for purchases of this amount",
    "not outlet": "it does not run at this outlet",
    "not daypart": "it does not run at this hour",
    "not segment": "it is not for a segment the member is in",
    "not score": "it is chosen for other members, by what they buy",
    "not likes": "it is not for members who like these goods",
    "not level": "it is not for the member's level",
    "not first_purchase": "it is not for the first purchase",
    "not nth_purchase": "it is not for this purchase by its number",
    "not every_nth_purchase": "it is not for this purchase by its number",
    "not stamps": "it is for members who have not collected the stamps",
    "not birthday": "it does not run around the member's birthday",
    "not code": "it is not for purchases with a code",
    "not channel": "it is not for purchases made this way",
}
"""What needs no facts, by the condition that failed; with `not`, by the one that should have."""


def reason(speak: Speaker) -> str:
    """Say why the offer was passed over, and whether there were other ways to get it."""
    clause = _clause(speak)
    if not speak.has("other_ways"):
        return clause
    return speak.plural(
        "{clause}; nor does another way to get it fit",
        "{clause}; nor does any of {count} other ways to get it fit",
        speak.number("other_ways"),
        clause=clause,
    )


def _clause(speak: Speaker) -> str:
    condition = speak.text("condition")
    if speak.has("negated"):
        condition = f"not {condition}"
    if condition in _WITH_FACTS:
        return _WITH_FACTS[condition](speak)
    return gettext(speak.language, TEXTS.get(condition, TEXTS[""]))


def _goods(speak: Speaker) -> str:
    if not speak.has("quantity") or speak.text("quantity") == "0":
        if not speak.goods():
            return speak.say("there are no goods it is for")
        return speak.say("there are no goods it is for ({goods})", goods=speak.goods())
    return speak.say(
        "it takes {needed} of {goods}, and there are {there}",
        needed=speak.text("needed_quantity"),
        goods=speak.goods() or speak.say("any goods"),
        there=speak.text("quantity"),
    )


def _without_goods(speak: Speaker) -> str:
    return speak.say("it is not for purchases with such goods ({goods})", goods=speak.goods() or speak.say("any goods"))


def _amount(speak: Speaker) -> str:
    if speak.goods():
        return speak.say(
            "it takes {needed} of {goods}, and there are {there}",
            needed=speak.money("needed_minor"),
            goods=speak.goods(),
            there=speak.money("amount_minor"),
        )
    return speak.say(
        "it takes a purchase of {needed}, this one is {there}",
        needed=speak.money("needed_minor"),
        there=speak.money("amount_minor"),
    )


def _amount_above(speak: Speaker) -> str:
    return speak.say(
        "it is for purchases of up to {limit}, this one is {there}",
        limit=speak.money("at_most_minor"),
        there=speak.money("amount_minor"),
    )


def _daypart(speak: Speaker) -> str:
    if speak.has("windows"):
        return speak.say(
            "it was {time} at the outlet, and that day its hours are: {windows}",
            time=speak.text("local_time"),
            windows=speak.text("windows"),
        )
    if speak.has("exception"):
        return speak.say("it does not run on {day}", day=speak.day("local_day"))
    return speak.say("it does not run on this day of the week")


def _nth_purchase(speak: Speaker) -> str:
    return speak.say(
        "it is for purchase number {nth}, this one is number {number}",
        nth=speak.counted("nth"),
        number=speak.counted("number"),
    )


def _every_nth_purchase(speak: Speaker) -> str:
    return speak.say(
        "it is for one purchase in {nth}, this one is number {number}",
        nth=speak.counted("nth"),
        number=speak.counted("number"),
    )


def _stamps(speak: Speaker) -> str:
    return speak.say(
        "stamps collected: {collected} of {needed}",
        collected=speak.counted("collected"),
        needed=speak.counted("needed"),
    )


def _level(speak: Speaker) -> str:
    if not speak.own("levels"):
        return speak.say("it is for another discount level")
    return speak.say("it is for these discount levels: {levels}", levels=speak.own("levels"))


def _gift(speak: Speaker) -> str:
    if not speak.has("units"):
        return speak.say("the gift is not in the basket: {skus}", skus=speak.text("skus"))
    return speak.say(
        "it takes {needed} of {goods}, and there are {there}",
        needed=speak.counted("needed"),
        goods=speak.text("skus"),
        there=speak.counted("units"),
    )


def _units(speak: Speaker) -> str:
    return speak.say(
        "it takes {needed} of {goods}, and there are {there}",
        needed=speak.counted("needed"),
        goods=speak.goods() or speak.say("any goods"),
        there=speak.counted("units"),
    )


_WITH_FACTS: dict[str, Callable[[Speaker], str]] = {
    "goods": _goods,
    "not goods": _without_goods,
    "amount": _amount,
    "amount_above": _amount_above,
    "daypart": _daypart,
    "nth_purchase": _nth_purchase,
    "every_nth_purchase": _every_nth_purchase,
    "stamps": _stamps,
    "level": _level,
    "gift": _gift,
    "units": _units,
}
