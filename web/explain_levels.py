"""Sentences of a member's standing discount: its level, or what was agreed with the member."""

from collections.abc import Callable

from offers.model.activity import ActivityMeasure
from offers.model.purchase import ExplainCode
from web.activity_words import activity_reason
from web.explain_limits import limit_reached
from web.speaking import Speaker


def _level_applied(speak: Speaker) -> str:
    return speak.say(
        "Level “{level}”: {percent} off, {money} less to pay",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
        money=speak.money("discount_minor"),
    )


def _level_not_reached(speak: Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off) comes after {money} more of purchases",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
        money=speak.money("missing_minor"),
    )


def _level_outdone(speak: Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off): a higher level is used instead",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
    )


def _level_replaced(speak: Speaker) -> str:
    if speak.has("activity"):
        return speak.say(
            "Level “{level}” ({percent} off): the discount for activity is deeper",
            level=speak.own("level"),
            percent=speak.percent("discount_bp"),
        )
    return speak.say(
        "Level “{level}” ({percent} off): the discount agreed with the member is used instead",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
    )


def _level_lost(speak: Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off): {winner} is used instead, {winner_money} against {money}",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
        winner=speak.named("winner"),
        winner_money=speak.money("winner_saving_minor"),
        money=speak.money("saving_minor"),
    )


def _level_excluded(speak: Speaker) -> str:
    level, percent = speak.own("level"), speak.percent("discount_bp")
    if speak.has("holder_id"):
        return speak.say(
            "Level “{level}” ({percent} off) does not add up with {holder}",
            level=level,
            percent=percent,
            holder=speak.named("holder"),
        )
    return speak.say(
        "Level “{level}” ({percent} off) does not cover these goods ({tag})",
        level=level,
        percent=percent,
        tag=speak.text("tag"),
    )


def _level_capped(speak: Speaker) -> str:
    return speak.say(
        "Level “{level}” ({percent} off): {money} less to pay, because {limit}",
        level=speak.own("level"),
        percent=speak.percent("discount_bp"),
        money=speak.money("discount_minor"),
        limit=limit_reached(speak),
    )


def _no_levels(speak: Speaker) -> str:
    return speak.say("The programme has no discount levels")


def _why(speak: Speaker) -> str:
    measure, value = ActivityMeasure(speak.text("activity")), speak.number("activity_value")
    return activity_reason(speak.language, measure, value, speak.number("activity_days"), speak.currency)


def _own_applied(speak: Speaker) -> str:
    if speak.has("activity"):
        return speak.say(
            "{percent} off: {why}; {money} less to pay",
            percent=speak.percent("discount_bp"),
            why=_why(speak),
            money=speak.money("discount_minor"),
        )
    return speak.say(
        "The discount agreed with the member: {percent} off, {money} less to pay",
        percent=speak.percent("discount_bp"),
        money=speak.money("discount_minor"),
    )


def _own_lost(speak: Speaker) -> str:
    if speak.has("activity"):
        return speak.say(
            "The discount for activity ({percent} off): {winner} is used instead, {winner_money} against {money}",
            percent=speak.percent("discount_bp"),
            winner=speak.named("winner"),
            winner_money=speak.money("winner_saving_minor"),
            money=speak.money("saving_minor"),
        )
    return speak.say(
        "The discount agreed with the member ({percent} off): {winner} is used instead, {winner_money} against {money}",
        percent=speak.percent("discount_bp"),
        winner=speak.named("winner"),
        winner_money=speak.money("winner_saving_minor"),
        money=speak.money("saving_minor"),
    )


def _activity_excluded(speak: Speaker) -> str:
    percent = speak.percent("discount_bp")
    if speak.has("holder_id"):
        return speak.say(
            "The discount for activity ({percent} off) does not add up with {holder}",
            percent=percent,
            holder=speak.named("holder"),
        )
    return speak.say(
        "The discount for activity ({percent} off) does not cover these goods ({tag})",
        percent=percent,
        tag=speak.text("tag"),
    )


def _own_excluded(speak: Speaker) -> str:
    if speak.has("activity"):
        return _activity_excluded(speak)
    percent = speak.percent("discount_bp")
    if speak.has("holder_id"):
        return speak.say(
            "The discount agreed with the member ({percent} off) does not add up with {holder}",
            percent=percent,
            holder=speak.named("holder"),
        )
    return speak.say(
        "The discount agreed with the member ({percent} off) does not cover these goods ({tag})",
        percent=percent,
        tag=speak.text("tag"),
    )


def _own_capped(speak: Speaker) -> str:
    if speak.has("activity"):
        return speak.say(
            "The discount for activity ({percent} off): {money} less to pay, because {limit}",
            percent=speak.percent("discount_bp"),
            money=speak.money("discount_minor"),
            limit=limit_reached(speak),
        )
    return speak.say(
        "The discount agreed with the member ({percent} off): {money} less to pay, because {limit}",
        percent=speak.percent("discount_bp"),
        money=speak.money("discount_minor"),
        limit=limit_reached(speak),
    )


LEVEL_SENTENCES: dict[ExplainCode, Callable[[Speaker], str]] = {
    ExplainCode.LEVEL_APPLIED: _level_applied,
    ExplainCode.LEVEL_NOT_REACHED: _level_not_reached,
    ExplainCode.LEVEL_OUTDONE: _level_outdone,
    ExplainCode.LEVEL_REPLACED: _level_replaced,
    ExplainCode.LEVEL_LOST: _level_lost,
    ExplainCode.LEVEL_EXCLUDED: _level_excluded,
    ExplainCode.LEVEL_CAPPED: _level_capped,
    ExplainCode.NO_LEVELS: _no_levels,
    ExplainCode.OWN_DISCOUNT_APPLIED: _own_applied,
    ExplainCode.OWN_DISCOUNT_LOST: _own_lost,
    ExplainCode.OWN_DISCOUNT_EXCLUDED: _own_excluded,
    ExplainCode.OWN_DISCOUNT_CAPPED: _own_capped,
}
