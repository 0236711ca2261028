"""Discount levels over time: reached at once, held for a term, lost after a grace, and by nobody's doing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.held_levels import counts_from, lapses_at, level_called, review
from offers.engine.levels import level_of
from offers.model.held_level import Downgrade, HeldLevel, LevelPeriod, LevelRules
from offers.model.programme import DiscountLevel, LocalText, Terms

ZONE = "Europe/Moscow"
AT = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
LEVELS = tuple(
    DiscountLevel(name=LocalText(ru=key, en=key), spend_threshold_minor=threshold, discount_bp=bp, slug=key)
    for key, threshold, bp in (("silver", 100, 300), ("gold", 500, 500), ("black", 1_000, 1_000))
)
ROLLING = LevelRules(period=LevelPeriod.ROLLING, rolling_days=365, grace_days=30)
RULES = st.builds(
    LevelRules,
    period=st.sampled_from(LevelPeriod),
    rolling_days=st.integers(1, 400),
    downgrade=st.sampled_from(Downgrade),
    grace_days=st.integers(0, 60),
)
SPEND = st.sampled_from((0, 99, 100, 499, 500, 999, 1_000, 5_000))
DAYS = st.integers(0, 2_000).map(lambda days: AT + timedelta(days=days))


def terms(rules: LevelRules = ROLLING) -> Terms:
    return Terms(levels=LEVELS, level_rules=rules)


def looked(held: HeldLevel | None, spend_minor: int, at: datetime, rules: LevelRules = ROLLING) -> HeldLevel:
    return review(terms(rules), held, spend_minor=spend_minor, at=at, zone=ZONE)


def days(number: int) -> datetime:
    return AT + timedelta(days=number)


def test_a_level_is_reached_at_once_and_held_for_its_term() -> None:
    silver = looked(None, 100, AT)

    assert (silver.level, silver.since) == ("silver", AT)
    assert silver.safe_until == datetime(2027, 3, 11, 21, tzinfo=UTC), "the end of that day in Moscow"
    assert looked(silver, 1_000, days(1)).level == "black"
    assert looked(silver, 0, days(364)) == silver


def test_reaching_it_again_starts_the_term_anew_but_not_the_membership() -> None:
    again = looked(looked(None, 100, AT), 499, days(200))

    assert (again.level, again.since) == ("silver", AT)
    assert again.safe_until is not None
    assert again.safe_until > days(200 + 365)


def test_the_grace_passes_before_a_level_is_lost() -> None:
    gold = looked(None, 500, AT)
    lapse = lapses_at(ROLLING, gold)

    assert lapse == datetime(2027, 4, 10, 21, tzinfo=UTC)
    assert looked(gold, 0, lapse - timedelta(seconds=1)).level == "gold"
    assert looked(gold, 0, lapse).level == "silver"
    assert looked(gold, 0, lapse).since == lapse


@pytest.mark.parametrize(
    ("downgrade", "spend_minor", "after"),
    [
        (Downgrade.NEVER, 0, "black"),
        (Downgrade.ONE_STEP, 0, "gold"),
        (Downgrade.ONE_STEP, 500, "gold"),
        (Downgrade.TO_REACHED, 0, None),
        (Downgrade.TO_REACHED, 100, "silver"),
    ],
)
def test_how_far_a_level_falls_is_a_rule(downgrade: Downgrade, spend_minor: int, after: str | None) -> None:
    rules = replace(ROLLING, downgrade=downgrade)
    black = looked(None, 1_000, AT, rules)

    assert looked(black, spend_minor, days(365 + 32), rules).level == after


def test_step_by_step_nothing_is_left_at_last() -> None:
    gold = looked(None, 500, AT)

    assert [looked(gold, 0, days(number)).level for number in (0, 397, 2 * 397, 3 * 397)] == [
        "gold", "silver", None, None,
    ]  # fmt: skip


def test_a_calendar_year_counts_from_january_and_is_held_through_the_next() -> None:
    rules = replace(ROLLING, period=LevelPeriod.CALENDAR_YEAR)

    assert counts_from(rules, AT, ZONE) == datetime(2025, 12, 31, 21, tzinfo=UTC)
    assert looked(None, 100, AT, rules).safe_until == datetime(2027, 12, 31, 21, tzinfo=UTC)


def test_a_lifetime_never_ends_and_only_what_was_spent_counts() -> None:
    rules = LevelRules()

    assert counts_from(rules, AT, ZONE) is None
    assert looked(looked(None, 500, AT, rules), 100, days(1), rules).level == "silver", "a purchase was voided"
    assert counts_from(ROLLING, AT, ZONE) == datetime(2025, 3, 10, 21, tzinfo=UTC)


@given(RULES, SPEND, SPEND, DAYS, st.lists(DAYS, max_size=5))
def test_looking_often_is_the_same_as_looking_once(
    rules: LevelRules, first_spend: int, later_spend: int, last: datetime, visits: list[datetime]
) -> None:
    held = looked(None, first_spend, AT, rules)
    fallen = later_spend < first_spend
    often = held
    for visit in sorted(visit for visit in visits if visit <= last):
        often = looked(often, later_spend, visit, rules)

    if fallen and rules.downgrade is not Downgrade.NEVER:
        assert looked(often, later_spend, last, rules).level == looked(held, later_spend, last, rules).level


@given(RULES, SPEND, SPEND, DAYS)
def test_nobody_holds_less_than_they_reached(rules: LevelRules, before: int, now: int, at: datetime) -> None:
    held = looked(looked(None, before, AT, rules), now, at, rules)

    reached, current = level_of(terms(rules), now), level_called(terms(rules), held.level)
    assert (reached.spend_threshold_minor if reached else 0) <= (current.spend_threshold_minor if current else 0)


@given(RULES, SPEND, SPEND, DAYS)
def test_nothing_is_lost_before_the_term_and_the_grace_are_over(
    rules: LevelRules, before: int, now: int, at: datetime
) -> None:
    held = looked(None, before, AT, rules)
    lapse = lapses_at(rules, held)

    if rules.period is not LevelPeriod.LIFETIME and (lapse is None or at < lapse):
        current = level_called(terms(rules), looked(held, now, at, rules).level)
        earlier = level_called(terms(rules), held.level)
        assert earlier is None or (current is not None and current.discount_bp >= earlier.discount_bp)
