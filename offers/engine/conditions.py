"""The single conditions: each is made ready once and then asked of every purchase."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from offers.engine.basket import in_millionths
from offers.engine.dayparts import DaypartTable, LocalMoment, clock_time
from offers.engine.eligibility import Asked, Failure, Situation, Subject
from offers.model.condition import (
    AmountReached,
    AtLevel,
    AtOutlet,
    BySalesChannel,
    CodePresented,
    Condition,
    DuringDayparts,
    FirstPurchase,
    GoodsBought,
    InSegment,
    LeapDay,
    LikesCategory,
    NearBirthday,
    NthPurchase,
    ScoreWithin,
    StampsCollected,
)
from offers.model.facts import CodeState
from offers.model.goods import Goods
from offers.model.member import Birthday
from offers.model.scores import MemberScores

_LEAP_DAY = (2, 29)


def single(condition: Condition, subject: Subject) -> Asked:
    """Make a condition that is not made of others ready to be asked."""
    match condition:
        case GoodsBought():
            asked = _goods(condition)
        case AmountReached():
            asked = _amount(condition)
        case DuringDayparts():
            asked = _daypart(condition)
        case NearBirthday():
            asked = _birthday(condition)
        case NthPurchase():
            asked = _nth(condition)
        case StampsCollected():
            asked = _stamps(condition, subject)
        case CodePresented():
            asked = _code(condition, subject)
        case AtLevel():
            asked = _level(condition, subject)
        case _:
            asked = _of_one_fact(condition)
    return asked


def names_of(goods: Goods) -> Mapping[str, str]:
    """Name goods for an explanation, in the words of the till."""
    return {
        key: ", ".join(names)
        for key, names in (("categories", goods.categories), ("skus", goods.skus), ("tags", goods.tags))
        if names
    }


def _goods(condition: GoodsBought) -> Asked:
    goods, needed = condition.goods, in_millionths(condition.quantity)
    says = {**names_of(goods), "needed_quantity": _plain(condition.quantity)}

    def check(situation: Situation) -> Failure | None:
        found = situation.basket.select(goods)
        if not found:
            return Failure("goods", {**says, "quantity": "0"})
        micros = situation.basket.micros
        bought = sum(micros[index] for index in found)
        if bought >= needed:
            return None
        return Failure("goods", {**says, "quantity": _plain(Decimal(bought).scaleb(-6))})

    return Asked("goods", check, says)


def _amount(condition: AmountReached) -> Asked:
    goods, least, most = condition.goods, condition.at_least_minor, condition.at_most_minor
    says: dict[str, int | str] = {**names_of(goods), "needed_minor": least}
    if most is not None:
        says["at_most_minor"] = most

    def check(situation: Situation) -> Failure | None:
        totals = situation.basket.totals
        amount = sum(totals[index] for index in situation.basket.select(goods))
        if amount < least:
            return Failure("amount", {**says, "amount_minor": amount})
        if most is not None and amount > most:
            return Failure("amount_above", {**says, "amount_minor": amount})
        return None

    return Asked("amount", check, says)


def _daypart(condition: DuringDayparts) -> Asked:
    table = DaypartTable(condition.dayparts)

    def check(situation: Situation) -> Failure | None:
        if table.covers(situation.moment):
            return None
        return Failure("daypart", _hours(table, situation.moment))

    return Asked("daypart", check, {})


def _hours(table: DaypartTable, moment: LocalMoment) -> dict[str, int | str]:
    """Say the hours of that day, as the outlet's clocks show them."""
    windows = ", ".join(f"{clock_time(start)}–{clock_time(end)}" for start, end in table.spans(moment.day))
    return {
        "local_time": moment.clock_time(),
        "local_day": moment.day.isoformat(),
        "weekday": moment.weekday,
        "windows": windows,
        "exception": int(table.is_exception(moment.day)),
    }


def _birthday(condition: NearBirthday) -> Asked:
    before, after = timedelta(days=condition.days_before), timedelta(days=condition.days_after)
    says = {"days_before": condition.days_before, "days_after": condition.days_after}
    unknown, elsewhere = Failure("birthday_unknown", says), Failure("birthday", says)

    def check(situation: Situation) -> Failure | None:
        birthday = situation.facts.birthday
        if birthday is None:
            return unknown
        today = situation.moment.day
        for year in (today.year - 1, today.year, today.year + 1):
            day = _birthday_in(year, birthday, condition.leap_day)
            if day - before <= today < day + after:
                return None
        return elsewhere

    return Asked("birthday", check, says)


def _birthday_in(year: int, birthday: Birthday, leap_day: LeapDay) -> date:
    if (birthday.month, birthday.day) != _LEAP_DAY or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        return date(year, birthday.month, birthday.day)
    return date(year, 2, 28) if leap_day is LeapDay.FEBRUARY_28 else date(year, 3, 1)


def _nth(condition: NthPurchase) -> Asked:
    nth = condition.nth
    kind = "every_nth_purchase" if condition.every else "nth_purchase"

    def check(situation: Situation) -> Failure | None:
        number = situation.facts.purchases + 1
        if number % nth == 0 if condition.every else number == nth:
            return None
        return Failure(kind, {"nth": nth, "number": number, "missing": (nth - number) % nth})

    return Asked(kind, check, {"nth": nth})


def _stamps(condition: StampsCollected, subject: Subject) -> Asked:
    needed, offer = condition.needed, subject.offer_id

    def check(situation: Situation) -> Failure | None:
        collected = situation.facts.stamps.get(offer, 0)
        if collected >= needed:
            return None
        return Failure("stamps", {"needed": needed, "collected": collected, "missing": needed - collected})

    return Asked("stamps", check, {"needed": needed})


def _code(condition: CodePresented, subject: Subject) -> Asked:
    wanted, offer = frozenset(condition.by), subject.offer_id
    missing = Failure("code", {})

    def check(situation: Situation) -> Failure | None:
        shown = situation.facts.codes.get(offer)
        return None if shown and shown.state is CodeState.USABLE and shown.kind in wanted else missing

    return Asked("code", check, {})


def _level(condition: AtLevel, subject: Subject) -> Asked:
    levels = [level for level in subject.terms.levels if level.key in condition.levels]
    says = {
        "levels_ru": ", ".join(level.name.ru for level in levels),
        "levels_en": ", ".join(level.name.en for level in levels),
    }
    keys, missing = frozenset(condition.levels), Failure("level", says)
    return Asked("level", lambda situation: None if situation.level in keys else missing, says)


def _of_one_fact(condition: Condition) -> Asked:
    """Conditions that one fact answers."""
    match condition:
        case AtOutlet(outlets=outlets):
            elsewhere, places = Failure("outlet", {}), frozenset(outlets)
            return Asked("outlet", lambda asked: None if asked.facts.outlet_id in places else elsewhere, {})
        case InSegment(segments=segments):
            outside, wanted = Failure("segment", {"segments": ", ".join(segments)}), frozenset(segments)
            return Asked(
                "segment", lambda asked: outside if wanted.isdisjoint(asked.facts.segments) else None, outside.facts
            )
        case FirstPurchase():
            later = Failure("first_purchase", {})
            return Asked("first_purchase", lambda asked: later if asked.facts.purchases else None, {})
        case BySalesChannel(channels=channels):
            other, ways = Failure("channel", {"channels": ", ".join(channels)}), frozenset(channels)
            return Asked("channel", lambda asked: None if asked.facts.channel in ways else other, other.facts)
        case ScoreWithin():
            return _score(condition)
        case LikesCategory(categories=categories):
            others, liked = Failure("likes", {"categories": ", ".join(categories)}), frozenset(categories)
            return Asked("likes", lambda asked: None if _likes(asked.facts.scores, liked) else others, others.facts)
        case _:
            raise TypeError(f"{condition.kind} is made of other conditions")


def _score(condition: ScoreWithin) -> Asked:
    """Say nothing of the number itself: a receipt is read by whoever stands at the till."""
    least, most = condition.at_least, condition.at_most
    outside, unknown = Failure("score", {"score": condition.score.value}), Failure("score_unknown", {})

    def check(situation: Situation) -> Failure | None:
        if situation.facts.scores is None:
            return unknown
        value = situation.facts.scores.value(condition.score)
        return None if (least is None or value >= least) and (most is None or value <= most) else outside

    return Asked("score", check, outside.facts)


def _likes(scores: MemberScores | None, categories: frozenset[str]) -> bool:
    return scores is not None and any(each.category in categories for each in scores.favourites)


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
