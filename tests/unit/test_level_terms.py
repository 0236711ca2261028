"""Levels followed through time: what lapsed is judged by what counted then, and a look starts nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.held_levels import counts_from, lapses_at
from offers.engine.level_terms import (
    Spending,
    after_coming_back,
    followed,
    from_the_beginning,
    higher,
    is_lower,
    look_again_at,
    standing_of,
)
from offers.model.held_level import Downgrade, HeldLevel, LevelPeriod, LevelRules, Spent
from offers.model.programme import Terms
from tests.unit.test_held_levels import AT, LEVELS, ROLLING, ZONE, days, terms

BERLIN = "Europe/Berlin"
YEARLY = LevelRules(period=LevelPeriod.CALENDAR_YEAR, grace_days=30)
TERM_RULES = st.builds(
    LevelRules,
    period=st.sampled_from((LevelPeriod.ROLLING, LevelPeriod.CALENDAR_YEAR)),
    rolling_days=st.integers(20, 400),
    downgrade=st.sampled_from(Downgrade),
    grace_days=st.integers(0, 60),
)
PURCHASES = st.lists(
    st.builds(Spent, at=st.integers(0, 1_500).map(days), minor=st.sampled_from((1, 99, 100, 500, 1_000))), max_size=8
)


def level(held: HeldLevel | None) -> str | None:
    return held.level if held else None


def bought(day: int, minor: int) -> Spent:
    return Spent(at=days(day), minor=minor)


def now(purchases: list[Spent], day: int, rules: LevelRules = ROLLING) -> str | None:
    """The level of somebody who bought all that, as of a day."""
    agreed, spending = terms(rules), Spending([each for each in purchases if each.at <= days(day)])
    held = from_the_beginning(agreed, spending, zone=ZONE)
    held = followed(agreed, held, spending, at=days(day), zone=ZONE)
    return level(standing_of(agreed, held, spending.counted(agreed, days(day), ZONE), at=days(day), zone=ZONE).held)


def test_a_level_outlives_the_purchase_that_reached_it_by_a_term_and_a_grace() -> None:
    purchases = [bought(0, 500)]

    assert [now(purchases, day) for day in (0, 364, 394, 397)] == ["gold", "gold", "gold", "silver"]


def test_only_what_counts_in_the_window_reaches_a_level() -> None:
    assert now([bought(0, 300), bought(200, 200)], 200) == "gold"
    assert now([bought(0, 300), bought(400, 200)], 400) == "silver"


def test_a_fall_is_judged_by_what_counted_when_it_came_not_when_somebody_looked() -> None:
    to_reached = replace(ROLLING, downgrade=Downgrade.TO_REACHED)
    purchases = [bought(0, 500), bought(380, 100)]  # gold lapses on day 396: silver was reached by then

    assert [now(purchases, day, to_reached) for day in (395, 397, 700)] == ["gold", "silver", "silver"]


@given(TERM_RULES, PURCHASES, st.lists(st.integers(0, 3_000), max_size=4), st.integers(0, 3_000))
def test_looking_often_is_the_same_as_looking_once(
    rules: LevelRules, purchases: list[Spent], looks: list[int], last: int
) -> None:
    agreed, spending = Terms(levels=LEVELS, level_rules=rules), Spending(purchases)
    held = from_the_beginning(agreed, spending, zone=ZONE)
    bought_last = max((each.at for each in purchases), default=AT)
    often = held
    for day in sorted(look for look in looks if look <= last and days(look) >= bought_last):
        often = followed(agreed, often, spending, at=days(day), zone=ZONE)

    assert followed(agreed, often, spending, at=days(last), zone=ZONE) == followed(
        agreed, held, spending, at=days(last), zone=ZONE
    )


@given(TERM_RULES, PURCHASES, st.integers(0, 1_500), st.sampled_from((99, 500, 1_000)), st.integers(0, 3_000))
def test_what_came_back_whole_has_never_been(
    rules: LevelRules, purchases: list[Spent], bought_on: int, minor: int, last: int
) -> None:
    """Buy up to a level, bring it all back, keep the level: that must not work."""
    agreed, goods = Terms(levels=LEVELS, level_rules=rules), bought(bought_on, minor)
    at = max([days(last), goods.at, *(each.at for each in purchases)])
    held = from_the_beginning(agreed, Spending([*purchases, goods]), zone=ZONE)

    _, after, _ = after_coming_back(agreed, held, purchases, goods, at=at, zone=ZONE)

    without = Spending(purchases)
    never = followed(agreed, from_the_beginning(agreed, without, zone=ZONE), without, at=at, zone=ZONE)
    counted = without.counted(agreed, at, ZONE)
    assert level(after.held) == level(standing_of(agreed, never, counted, at=at, zone=ZONE).held)


def test_goods_that_reached_nothing_take_nothing_even_when_the_rules_are_harder_now() -> None:
    held = HeldLevel(level="black", since=AT, safe_until=days(300))

    before, after, _ = after_coming_back(terms(), held, [bought(0, 500)], bought(1, 3), at=days(2), zone=ZONE)

    assert (level(before.held), level(after.held)) == ("black", "black")


def test_a_calendar_year_begins_at_midnight_of_the_programme() -> None:
    agreed = terms(YEARLY)
    eve = datetime(2026, 12, 31, 20, 59, tzinfo=UTC)  # 23:59 in Moscow
    midnight = eve + timedelta(minutes=1)
    spending = Spending([Spent(at=eve, minor=400), Spent(at=midnight, minor=100)])

    assert spending.counted(agreed, eve, ZONE) == 400
    assert spending.counted(agreed, midnight, ZONE) == 100
    held = from_the_beginning(agreed, spending, zone=ZONE)
    assert held == HeldLevel(level="silver", since=eve, safe_until=datetime(2028, 12, 31, 21, tzinfo=UTC))


def test_a_window_begins_at_a_local_midnight_on_both_sides_of_a_clock_change() -> None:
    rules = replace(ROLLING, rolling_days=1)

    summer_begins = datetime(2026, 3, 29, 20, 0, tzinfo=UTC)  # the night before had 23 hours
    winter_begins = datetime(2026, 10, 25, 20, 0, tzinfo=UTC)  # and this one 25

    assert counts_from(rules, summer_begins, BERLIN) == datetime(2026, 3, 27, 23, 0, tzinfo=UTC)
    assert counts_from(rules, winter_begins, BERLIN) == datetime(2026, 10, 23, 22, 0, tzinfo=UTC)
    spending = Spending([Spent(at=datetime(2026, 10, 23, 21, 59, tzinfo=UTC), minor=100)])
    assert spending.counted(terms(rules), winter_begins, BERLIN) == 0


def test_the_notice_comes_a_fortnight_before_the_loss_and_then_the_loss_itself() -> None:
    held = HeldLevel(level="gold", since=AT, safe_until=days(100))
    lapse = lapses_at(ROLLING, held)
    assert lapse == days(130)

    notice = look_again_at(terms(), held)

    assert notice == days(116)
    assert look_again_at(terms(), held, after=days(115)) == notice
    assert look_again_at(terms(), held, after=notice) == lapse
    assert look_again_at(terms(replace(ROLLING, downgrade=Downgrade.NEVER)), held) is None


def test_of_two_levels_the_higher_is_chosen_and_of_two_alike_the_safer() -> None:
    gold = HeldLevel(level="gold", since=days(5), safe_until=days(10))
    safer = HeldLevel(level="gold", since=days(7), safe_until=days(20))
    silver = HeldLevel(level="silver", since=days(1), safe_until=days(90))

    assert higher(terms(), silver, gold) == higher(terms(), gold, silver) == gold
    assert higher(terms(), gold, safer) == replace(safer, since=days(5))
    assert higher(terms(), None, silver) == silver
    assert is_lower(terms(), None, silver)
    assert not is_lower(terms(), gold, safer)
