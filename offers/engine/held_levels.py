"""Discount levels over time: reached at once, held for a term after they were last reached, lost after a grace.

Nothing has to run for a level to be lost: looking later gives the same as looking every day.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from offers.engine.calendar import end_of_local_day, midnight
from offers.engine.levels import level_of
from offers.model.held_level import Downgrade, HeldLevel, LevelPeriod, LevelRules
from offers.model.programme import DiscountLevel, Terms


def counts_from(rules: LevelRules, at: datetime, zone: str) -> datetime | None:
    """Give the instant from which spend counts towards levels; None: all of it does."""
    local = at.astimezone(ZoneInfo(zone))
    match rules.period:
        case LevelPeriod.LIFETIME:
            return None
        case LevelPeriod.ROLLING:
            first_day = local.date() - timedelta(days=rules.rolling_days)
        case LevelPeriod.CALENDAR_YEAR:
            first_day = local.date().replace(month=1, day=1)
    return midnight(first_day, zone)


def review(terms: Terms, held: HeldLevel | None, *, spend_minor: int, at: datetime, zone: str) -> HeldLevel:
    """Give the level held at an instant, by what was spent since `counts_from`.

    A level that is reached (again) is held for a whole term from then on. One that was not reached again within its
    term and the grace days after it falls as the rules say, but never below what is reached; the level under it has a
    term of its own, from the moment of the fall.
    """
    rules, reached = terms.level_rules, level_of(terms, spend_minor)
    current = level_called(terms, held.level) if held else None
    if rules.period is LevelPeriod.LIFETIME or held is None or current is None or not _is_below(reached, current):
        return _holding(reached, held, rules, at, zone)
    while (lapse := lapses_at(rules, held)) is not None and at >= lapse and current is not None:
        current = _after_fall(terms, current, reached)
        if current == reached:
            return _holding(reached, HeldLevel(level=_key(reached), since=lapse, safe_until=None), rules, at, zone)
        held = _holding(current, None, rules, lapse, zone)
    return held


def lapses_at(rules: LevelRules, held: HeldLevel) -> datetime | None:
    """Give the instant the level is lost unless it is reached again; None: it never is. The grace runs until then."""
    if held.safe_until is None or rules.downgrade is Downgrade.NEVER:
        return None
    return held.safe_until + timedelta(days=rules.grace_days)


def level_called(terms: Terms, key: str | None) -> DiscountLevel | None:
    return next((level for level in terms.levels if level.key == key), None)


def _holding(
    level: DiscountLevel | None, before: HeldLevel | None, rules: LevelRules, at: datetime, zone: str
) -> HeldLevel:
    """Hold a level for a term from an instant on; whoever held it already has held it since then."""
    since = before.since if before and before.level == _key(level) else at
    return HeldLevel(level=_key(level), since=since, safe_until=_end_of_term(rules, at, zone) if level else None)


def _end_of_term(rules: LevelRules, at: datetime, zone: str) -> datetime | None:
    match rules.period:
        case LevelPeriod.LIFETIME:
            return None
        case LevelPeriod.ROLLING:
            return end_of_local_day(at, zone, days=rules.rolling_days)
        case LevelPeriod.CALENDAR_YEAR:
            place = ZoneInfo(zone)
            return datetime(at.astimezone(place).year + 2, 1, 1, tzinfo=place).astimezone(UTC)


def _after_fall(terms: Terms, current: DiscountLevel, reached: DiscountLevel | None) -> DiscountLevel | None:
    if terms.level_rules.downgrade is Downgrade.TO_REACHED:
        return reached
    below = [level for level in terms.levels if level.spend_threshold_minor < current.spend_threshold_minor]
    lower = max(below, key=lambda level: level.spend_threshold_minor, default=None)
    return reached if lower is None or not _is_below(reached, lower) else lower


def _is_below(level: DiscountLevel | None, other: DiscountLevel) -> bool:
    return level is None or level.spend_threshold_minor < other.spend_threshold_minor


def _key(level: DiscountLevel | None) -> str | None:
    return level.key if level else None
