"""Why a receipt came out as it did: one sentence for every explanation, in the reader's language."""

from collections.abc import Callable

from locales.catalogue import gettext, ngettext
from locales.numbers import count, money, percent
from offers.model.purchase import ExplainCode, Explanation


def explain(language: str, explanation: Explanation, currency: str) -> str:
    """Say an explanation to a person. The currency is the receipt's: explanations carry bare minor units."""
    return _SENTENCES[explanation.code](_Speaker(language, explanation.facts, currency))


class _Speaker:
    """The facts of one explanation, as people of a language write them."""

    def __init__(self, language: str, facts: dict[str, int | str], currency: str) -> None:
        self.language = language
        self._facts = facts
        self._currency = currency

    def number(self, fact: str) -> int:
        return int(self._facts[fact])

    def money(self, fact: str) -> str:
        return money(self.language, self.number(fact), self._currency)

    def percent(self, fact: str) -> str:
        return percent(self.language, self.number(fact))

    def level(self) -> str:
        return str(self._facts[f"level_{self.language}"])

    def say(self, text: str, **facts: str) -> str:
        return gettext(self.language, text, **facts)

    def count(self, one: str, many: str, number: int, **facts: str) -> str:
        return ngettext(self.language, one, many, number, count=count(self.language, number), **facts)


def _level_applied(speak: _Speaker) -> str:
    return speak.say(
        "Level “{level}”: {percent} off, {money} less to pay",
        level=speak.level(),
        percent=speak.percent("discount_bp"),
        money=speak.money("discount_minor"),
    )


def _level_not_reached(speak: _Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off) comes after {money} more of purchases",
        level=speak.level(),
        percent=speak.percent("discount_bp"),
        money=speak.money("missing_minor"),
    )


def _level_outdone(speak: _Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off): a higher level is used instead",
        level=speak.level(),
        percent=speak.percent("discount_bp"),
    )


def _no_levels(speak: _Speaker) -> str:
    return speak.say("The programme has no discount levels")


def _points_redeemed(speak: _Speaker) -> str:
    return speak.count(
        "{count} point spent: {money} less to pay",
        "{count} points spent: {money} less to pay",
        speak.number("points"),
        money=speak.money("redeemed_minor"),
    )


def _points_not_asked(speak: _Speaker) -> str:
    redeemable = speak.number("redeemable")
    if not redeemable:
        return speak.say("There were no points to spend on this purchase")
    return speak.count(
        "No points were spent; {count} point could have been",
        "No points were spent; up to {count} points could have been",
        redeemable,
    )


def _points_accrued(speak: _Speaker) -> str:
    return speak.count(
        "{count} point added: {percent} of what was paid",
        "{count} points added: {percent} of what was paid",
        speak.number("points"),
        percent=speak.percent("accrual_bp"),
    )


def _nothing_to_accrue(speak: _Speaker) -> str:
    if not speak.number("accrual_bp"):
        return speak.say("The programme gives no points for purchases")
    return speak.say(
        "No points added: {percent} of what was paid is less than one point", percent=speak.percent("accrual_bp")
    )


def _received_late(speak: _Speaker) -> str:
    return speak.say("Reported after the sale: points were added, discounts and spending points need a connection")


_SENTENCES: dict[ExplainCode, Callable[[_Speaker], str]] = {
    ExplainCode.LEVEL_APPLIED: _level_applied,
    ExplainCode.LEVEL_NOT_REACHED: _level_not_reached,
    ExplainCode.LEVEL_OUTDONE: _level_outdone,
    ExplainCode.NO_LEVELS: _no_levels,
    ExplainCode.POINTS_REDEEMED: _points_redeemed,
    ExplainCode.POINTS_NOT_ASKED: _points_not_asked,
    ExplainCode.POINTS_ACCRUED: _points_accrued,
    ExplainCode.NOTHING_TO_ACCRUE: _nothing_to_accrue,
    ExplainCode.RECEIVED_LATE: _received_late,
}
