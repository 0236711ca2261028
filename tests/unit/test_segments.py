"""Segments: everyone in one, by the member's own rhythm; clusters that come again and keep their names."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.model.computed_segments import Segment, can_exist
from scoring.arrays import Floats
from scoring.segments.clusters import adjusted_rand, cluster
from scoring.segments.errors import TooFewToCluster
from scoring.segments.matching import match
from scoring.segments.rfm import Habits, name_segments, rhythm_days
from scoring.segments.told import clusters_told, named_told
from scoring.segments.words import advice, describe, title, traits_of

member = st.tuples(st.integers(0, 400), st.integers(0, 600), st.integers(1, 80), st.floats(0.5, 5000))


def habits(rows: Sequence[tuple[float, float, float, float]]) -> Habits:
    last, more, purchases, spend = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Habits(days_since_last=last, days_known=last + more, purchases=purchases, spend=spend)


def named_in(people: Habits) -> list[Segment]:
    return [list(Segment)[place] for place in name_segments(people)]


@settings(max_examples=60, deadline=None)
@given(st.lists(member, min_size=1, max_size=40), st.randoms())
def test_everyone_is_in_one_segment_whatever_the_order(rows: list[tuple[int, int, int, float]], order) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    shuffled = list(enumerate(rows))
    order.shuffle(shuffled)

    named = named_in(habits([row for _, row in shuffled]))

    assert dict(zip((place for place, _ in shuffled), named, strict=True)) == dict(enumerate(named_in(habits(rows))))


def shop() -> Habits:
    """Weekly buyers, monthly ones, new ones, and some who stopped."""
    weekly = [(5, 355, 50, 2500.0)] * 20 + [(30, 330, 48, 2400.0)] * 5
    monthly = [(20, 340, 12, 240.0)] * 60 + [(120, 240, 8, 160.0)] * 5 + [(330, 60, 3, 60.0)] * 5
    once = [(3, 0, 1, 20.0)] * 5 + [(200, 0, 1, 20.0)] * 5
    return habits([*weekly, *monthly, *once])


def test_who_is_late_depends_on_the_own_rhythm() -> None:
    named = named_in(shop())

    assert named[0] is Segment.CHAMPIONS
    assert named[20] is Segment.SLIPPING  # a month is long for who comes weekly
    assert named[25] in {Segment.PROMISING, Segment.LOYAL}  # and short for who comes monthly
    assert named[85] is Segment.SLEEPING
    assert named[90] is Segment.LOST
    assert (named[95], named[100]) == (Segment.NEW, Segment.ONE_TIME)


def test_the_rhythm_is_the_merchants_first_and_then_the_members() -> None:
    rhythms = rhythm_days(shop())

    assert rhythms[0] == pytest.approx(7.3, abs=0.5)
    assert rhythms[95] == pytest.approx(31, abs=2)
    assert rhythm_days(habits([(3, 0, 1, 5.0)])).tolist() == [30.0]


def test_every_segment_is_described_in_both_languages() -> None:
    for segment in Segment:
        assert title(segment, "ru") != title(segment, "en")
        assert advice(segment, "ru") != advice(segment, "en")


def clouds(seed: int, members: int = 900) -> Floats:
    chance = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0, 0], [4, 0, 4, 0], [0, 4, -4, 1], [-4, -4, 0, 0]], dtype=np.float64)
    return centres[np.arange(members) % 4] + chance.normal(0, 0.6, (members, 4))


def test_clusters_that_are_there_are_found_and_stable() -> None:
    found = cluster(clouds(1), seed=1)

    assert adjusted_rand(found.labels, np.arange(900) % 4) > 0.97
    assert found.stable
    assert min(found.by_cluster) > 0.9
    assert np.array_equal(found.assign(clouds(1)), found.labels)


def test_where_there_are_none_it_is_said() -> None:
    found = cluster(np.random.default_rng(2).normal(size=(600, 4)), seed=1)

    assert not found.stable


def test_the_same_seed_gives_the_same_clusters() -> None:
    assert np.array_equal(cluster(clouds(1), seed=3).labels, cluster(clouds(1), seed=3).labels)


def test_clusters_keep_their_names_when_members_come_and_go() -> None:
    first = cluster(clouds(1), seed=1)
    before = np.array(match(first.labels, np.full(900, -1), fresh=0).names)[first.labels]
    moved = clouds(1) + np.random.default_rng(9).normal(0, 0.1, (900, 4))
    again = cluster(moved[100:], seed=77)
    stayed = np.append(before[100:850], np.full(50, -1))

    matched = match(again.labels, stayed, fresh=int(before.max()) + 1)

    after = np.array(matched.names)[again.labels]
    assert np.mean(after == before[100:]) > 0.97
    assert matched.kept is not None
    assert matched.kept > 0.97
    assert matched.agreement is not None
    assert matched.agreement > 0.9


def test_a_cluster_nobody_knew_gets_a_number_of_its_own() -> None:
    matched = match(np.array([0, 0, 1, 1]), np.array([5, 5, -1, -1]), fresh=8)

    assert matched.names == (5, 8)
    assert matched.likeness == (1.0, 0.0)


def test_too_few_members_are_not_clustered() -> None:
    with pytest.raises(TooFewToCluster):
        cluster(np.zeros((50, 2)), seed=1)


def test_members_all_alike_break_nothing() -> None:
    found = cluster(np.ones((300, 3)), seed=1)

    assert np.unique(found.labels).size == 1


def test_a_cluster_is_said_in_words() -> None:
    people = shop()
    weekly = (people.purchases > 40).astype(np.int64)

    said = describe(traits_of(people), weekly, 1, "en")

    assert "come often" in said.lower()
    assert "big baskets" in said.lower()
    assert describe(traits_of(people), weekly, 1, "ru") != said
    assert describe(np.ones((5, 4)), np.zeros(5, dtype=np.int64), 0, "en") == "Like most members"


def test_agreement_is_one_for_the_same_and_none_by_chance() -> None:
    chance = np.random.default_rng(1)
    first, second = chance.integers(0, 4, (2, 5000))

    assert adjusted_rand(first, (first + 1) % 4) == 1
    assert abs(adjusted_rand(first, second)) < 0.01


def test_all_nine_segments_and_every_cluster_are_told_in_both_languages() -> None:
    places = name_segments(shop())
    traits, labels = traits_of(shop()), np.repeat([0, 1], [45, 60])

    told = named_told(places) + clusters_told(traits, labels, (7, 2))

    assert [each.code for each in told] == [*(f"rfm:{segment.value}" for segment in Segment), "cluster:2", "cluster:7"]
    assert sum(each.members for each in told[:9]) == places.size
    assert [each.members for each in told[9:]] == [60, 45]
    assert told[9].title.ru == "Кластер 2"
    assert told[9].description.en == describe(traits, labels, 1, "en")
    assert all(text.ru != text.en for each in told for text in (each.title, each.description))


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        *((f"rfm:{segment.value}", True) for segment in Segment),
        ("rfm:", False),
        ("rfm:Lost", False),
        ("rfm: lost", False),
        ("rfm:vip", False),
        ("cluster:0", True),
        ("cluster:12", True),
        ("cluster:", False),
        ("cluster:-1", False),
        ("cluster:01", False),
        ("cluster:two", False),
        ("students", True),
        ("vip:gold", True),
    ],
)
def test_of_scorings_names_those_exist_that_it_can_write(name: str, *, exists: bool) -> None:
    assert can_exist(name) is exists
