"""Sentences of offers: what each did, or the one reason why it did not."""

from collections.abc import Callable

from locales.catalogue import gettext
from offers.model.offer import Lane
from offers.model.purchase import ExplainCode
from offers.model.rulebook import Mode
from web.explain_conditions import reason
from web.explain_limits import limit_reached
from web.speaking import Speaker

_IN_POINTS = (Lane.POINTS.value, Lane.ACCRUAL.value)

TEXTS = {
    "draft": "“{title}” is being prepared",
    "paused": "“{title}” is paused at the moment",
    "archived": "“{title}” is over",
    "coupon": "“{title}” needs a coupon, and none was shown",
    "voucher": "“{title}” needs a voucher code, and none was shown",
    "code": "“{title}” needs a coupon or a voucher code, and none was shown",
    "used": "“{title}” was not used: the {what} has been used already",
    "expired": "“{title}” was not used: the {what} has expired",
    "revoked": "“{title}” was not used: the {what} was withdrawn",
    "not_yet": "“{title}” was not used: the {what} does not hold yet",
    "not_yours": "“{title}” was not used: the {what} belongs to another member",
    "held": "“{title}” was not used: the {what} is set aside for another purchase",
}


def _applied(speak: Speaker) -> str:
    title = speak.own("title")
    if speak.text("lane") == Lane.ACCRUAL.value:
        return speak.plural(
            "“{title}”: {count} point added", "“{title}”: {count} points added", speak.number("points"), title=title
        )
    if speak.text("lane") == Lane.POINTS.value:
        return speak.plural(
            "“{title}”: {count} point more than usual may be spent on this purchase",
            "“{title}”: {count} points more than usual may be spent on this purchase",
            speak.number("points"),
            title=title,
        )
    return speak.say("“{title}”: {money} less to pay", title=title, money=speak.money("saving_minor"))


def _capped(speak: Speaker) -> str:
    title, limit = speak.own("title"), limit_reached(speak)
    if not (speak.has("saving_minor") or speak.has("points")):
        return speak.say("“{title}” gave nothing, because {limit}", title=title, limit=limit)
    if speak.text("lane") in _IN_POINTS:
        return speak.plural(
            "“{title}”: {count} point instead of {wanted}, because {limit}",
            "“{title}”: {count} points instead of {wanted}, because {limit}",
            speak.number("points"),
            title=title,
            wanted=speak.counted("wanted"),
            limit=limit,
        )
    return speak.say(
        "“{title}”: {money} less to pay instead of {wanted}, because {limit}",
        title=title,
        money=speak.money("saving_minor"),
        wanted=speak.money("wanted"),
        limit=limit,
    )


def _lost(speak: Speaker) -> str:
    title, winner, mode = speak.own("title"), speak.named("winner"), speak.text("mode")
    if mode == Mode.FIRST_BY_PRIORITY.value:
        return speak.say("“{title}” was not used: {winner} goes before it", title=title, winner=winner)
    if speak.text("lane") in _IN_POINTS:
        mine, theirs = speak.counted("points"), speak.counted("winner_points")
        return speak.say(
            "“{title}” was not used: {winner} is used instead, {theirs} against {mine} in points",
            title=title,
            winner=winner,
            theirs=theirs,
            mine=mine,
        )
    mine, theirs = speak.money("saving_minor"), speak.money("winner_saving_minor")
    if mine == theirs:
        return speak.say("“{title}” was not used: {winner} saves the same", title=title, winner=winner)
    if mode == Mode.BEST_FOR_CUSTOMER.value:
        return speak.say(
            "“{title}” was not used: {winner} saves more, {theirs} against {mine}",
            title=title,
            winner=winner,
            theirs=theirs,
            mine=mine,
        )
    return speak.say(
        "“{title}” was not used: {winner} is used instead, {theirs} against {mine}",
        title=title,
        winner=winner,
        theirs=theirs,
        mine=mine,
    )


def _excluded(speak: Speaker) -> str:
    title = speak.own("title")
    if speak.has("holder_id"):
        return speak.say("“{title}” does not add up with {holder}", title=title, holder=speak.named("holder"))
    return speak.say("“{title}” does not cover these goods ({tag})", title=title, tag=speak.text("tag"))


def _skipped(speak: Speaker) -> str:
    return speak.say("“{title}” was not used: {reason}", title=speak.own("title"), reason=reason(speak))


def _saves_nothing(speak: Speaker) -> str:
    return speak.say("“{title}” would have changed nothing here", title=speak.own("title"))


def _exhausted(speak: Speaker) -> str:
    title = speak.own("title")
    match speak.text("scope"):
        case "member":
            return speak.say("“{title}”: the member has had all of it there is for one member", title=title)
        case "outlet":
            return speak.say("“{title}” is used up at this outlet", title=title)
        case _:
            return speak.say("“{title}” is used up", title=title)


def _held_out(speak: Speaker) -> str:
    return speak.say("“{title}” is kept from some members for now, to learn what it changes", title=speak.own("title"))


def _not_active(speak: Speaker) -> str:
    title = speak.own("title")
    match speak.text("reason"):
        case "not_yet":
            return speak.say("“{title}” begins on {moment}", title=title, moment=speak.moment("from"))
        case "ended":
            return speak.say("“{title}” ended on {moment}", title=title, moment=speak.moment("until"))
        case state:
            return gettext(speak.language, TEXTS[state], title=title)


def _needs_code(speak: Speaker) -> str:
    return gettext(speak.language, TEXTS[speak.text("needs")], title=speak.own("title"))


def _code_refused(speak: Speaker) -> str:
    what = speak.say("coupon") if speak.text("kind") == "coupon" else speak.say("voucher code")
    return gettext(speak.language, TEXTS[speak.text("state")], title=speak.own("title"), what=what)


OFFER_SENTENCES: dict[ExplainCode, Callable[[Speaker], str]] = {
    ExplainCode.OFFER_APPLIED: _applied,
    ExplainCode.OFFER_CAPPED: _capped,
    ExplainCode.OFFER_LOST: _lost,
    ExplainCode.OFFER_EXCLUDED: _excluded,
    ExplainCode.OFFER_SKIPPED: _skipped,
    ExplainCode.OFFER_SAVES_NOTHING: _saves_nothing,
    ExplainCode.OFFER_EXHAUSTED: _exhausted,
    ExplainCode.OFFER_HELD_OUT: _held_out,
    ExplainCode.OFFER_NOT_ACTIVE: _not_active,
    ExplainCode.OFFER_NEEDS_CODE: _needs_code,
    ExplainCode.OFFER_CODE_REFUSED: _code_refused,
}
