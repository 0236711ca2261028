"""Why a receipt came out as it did: one sentence for every explanation, in the reader's language."""

from collections.abc import Callable

from offers.model.purchase import ExplainCode, Explanation
from web.explain_levels import LEVEL_SENTENCES
from web.explain_offers import OFFER_SENTENCES
from web.speaking import Speaker


def explain(language: str, explanation: Explanation, currency: str) -> str:
    """Say an explanation to a person. The currency is the receipt's: explanations carry bare minor units."""
    return _SENTENCES[explanation.code](Speaker(language, explanation.facts, currency))


def _points_redeemed(speak: Speaker) -> str:
    return speak.plural(
        "{count} point spent: {money} less to pay",
        "{count} points spent: {money} less to pay",
        speak.number("points"),
        money=speak.money("redeemed_minor"),
    )


def _points_not_asked(speak: Speaker) -> str:
    redeemable = speak.number("redeemable")
    if not redeemable:
        return speak.say("There were no points to spend on this purchase")
    return speak.plural(
        "No points were spent; {count} point could have been",
        "No points were spent; up to {count} points could have been",
        redeemable,
    )


def _points_excluded(speak: Speaker) -> str:
    if speak.has("holder_id"):
        return speak.say("Points cannot be spent together with {holder}", holder=speak.named("holder"))
    return speak.say("Points cannot pay for these goods ({tag})", tag=speak.text("tag"))


def _points_accrued(speak: Speaker) -> str:
    points, rate = speak.number("points"), speak.percent("accrual_bp")
    if speak.text("rate_of") == "own":
        return speak.plural(
            "{count} point added: {percent} of what was paid, as agreed with the member",
            "{count} points added: {percent} of what was paid, as agreed with the member",
            points,
            percent=rate,
        )
    if speak.text("rate_of") == "level":
        return speak.plural(
            "{count} point added: {percent} of what was paid, by the member's level",
            "{count} points added: {percent} of what was paid, by the member's level",
            points,
            percent=rate,
        )
    return speak.plural(
        "{count} point added: {percent} of what was paid",
        "{count} points added: {percent} of what was paid",
        points,
        percent=rate,
    )


def _nothing_to_accrue(speak: Speaker) -> str:
    if not speak.number("accrual_bp"):
        return speak.say("The programme gives no points for purchases")
    return speak.say(
        "No points added: {percent} of what was paid is less than one point", percent=speak.percent("accrual_bp")
    )


def _accrual_excluded(speak: Speaker) -> str:
    if speak.has("holder_id"):
        return speak.say("No points are added together with {holder}", holder=speak.named("holder"))
    return speak.say("These goods give no points ({tag})", tag=speak.text("tag"))


def _received_late(speak: Speaker) -> str:
    return speak.say("Reported after the sale: points were added, discounts and spending points need a connection")


_SENTENCES: dict[ExplainCode, Callable[[Speaker], str]] = {
    **LEVEL_SENTENCES,
    **OFFER_SENTENCES,
    ExplainCode.POINTS_REDEEMED: _points_redeemed,
    ExplainCode.POINTS_NOT_ASKED: _points_not_asked,
    ExplainCode.POINTS_EXCLUDED: _points_excluded,
    ExplainCode.POINTS_ACCRUED: _points_accrued,
    ExplainCode.NOTHING_TO_ACCRUE: _nothing_to_accrue,
    ExplainCode.ACCRUAL_EXCLUDED: _accrual_excluded,
    ExplainCode.RECEIVED_LATE: _received_late,
}
