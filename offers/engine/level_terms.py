"""The level a member holds, followed through time: what lapses is judged by what counted when it lapsed.

A purchase reaches levels and starts their terms; a look starts nothing, so it does not matter how often anybody looks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate

from offers.engine.held_levels import counts_from, lapses_at, level_called, review
from offers.model.held_level import HeldLevel, LevelPeriod, LevelStanding, Spent
from offers.model.programme import Terms

NOTICE_DAYS = 14
"""A member is told so many days before their level is lost."""


def is_kept(terms: Terms) -> bool:
    """Tell whether levels are held for a term at all; over a lifetime the spend alone decides."""
    return terms.level_rules.period is not LevelPeriod.LIFETIME and bool(terms.levels)


def is_lapsed(terms: Terms, held: HeldLevel | None, at: datetime) -> bool:
    """Tell whether a level's term and grace are over, so that it may have been lost."""
    lapse = lapses_at(terms.level_rules, held) if held else None
    return lapse is not None and lapse <= at


class Spending:
    """Purchases in the order of time, summed up, so that any stretch of them costs two look-ups."""

    __slots__ = ("_instants", "_sums", "purchases")

    def __init__(self, purchases: Iterable[Spent]) -> None:
        self.purchases = sorted((each for each in purchases if each.minor > 0), key=lambda each: each.at)
        self._instants = [each.at for each in self.purchases]
        self._sums = [0, *accumulate(each.minor for each in self.purchases)]

    def counted(self, terms: Terms, at: datetime, zone: str, *, before: bool = False) -> int:
        """Sum what counts at an instant; with `before`, without what was bought at that very instant."""
        since = counts_from(terms.level_rules, at, zone)
        first = bisect_left(self._instants, since) if since else 0
        last = bisect_left(self._instants, at) if before else bisect_right(self._instants, at)
        return self._sums[last] - self._sums[first]


def followed(terms: Terms, held: HeldLevel | None, spending: Spending, *, at: datetime, zone: str) -> HeldLevel | None:
    """Follow a level through every lapse until an instant; the spending covers what counts at the first and since.

    One level is lost with each turn, so there are no more turns than levels.
    """
    for _ in terms.levels:
        if held is None or (lapse := lapses_at(terms.level_rules, held)) is None or lapse > at:
            break
        held = review(terms, held, spend_minor=spending.counted(terms, lapse, zone, before=True), at=lapse, zone=zone)
    return held


def standing_of(terms: Terms, held: HeldLevel | None, spend_minor: int, *, at: datetime, zone: str) -> LevelStanding:
    """Tell how a member stands who holds a level, followed until now, and whose purchases count for so much now."""
    return LevelStanding(spend_minor=spend_minor, held=review(terms, held, spend_minor=spend_minor, at=at, zone=zone))


def from_the_beginning(terms: Terms, spending: Spending, *, zone: str) -> HeldLevel | None:
    """Work the level out again from all purchases; what came back whole never was."""
    held: HeldLevel | None = None
    for each in spending.purchases:
        held = followed(terms, held, spending, at=each.at, zone=zone)
        held = review(terms, held, spend_minor=spending.counted(terms, each.at, zone), at=each.at, zone=zone)
    return held


def after_coming_back(
    terms: Terms, held: HeldLevel | None, purchases: Sequence[Spent], back: Spent, *, at: datetime, zone: str
) -> tuple[LevelStanding, LevelStanding, HeldLevel | None]:
    """Give how a member stood before goods came back, how they stand without them, and the level to keep from now on.

    `purchases` are those that are left. A level that the goods had reached is lost with them; one that would be held
    without them stays as it is kept, whatever the rules have become since.
    """
    with_goods, without = Spending([*purchases, back]), Spending(purchases)
    kept = followed(terms, held, with_goods, at=at, zone=zone)
    before = standing_of(terms, kept, with_goods.counted(terms, at, zone), at=at, zone=zone)
    was = followed(terms, from_the_beginning(terms, with_goods, zone=zone), with_goods, at=at, zone=zone)
    left = followed(terms, from_the_beginning(terms, without, zone=zone), without, at=at, zone=zone)
    if _is_alike(kept, was) or is_lower(terms, left, was):
        kept = kept if _is_alike(left, was) else left
    return before, standing_of(terms, kept, without.counted(terms, at, zone), at=at, zone=zone), kept


def is_lower(terms: Terms, now: HeldLevel | None, before: HeldLevel | None) -> bool:
    """Tell whether a level is a lower one than another."""
    return _height(terms, now) < _height(terms, before)


def higher(terms: Terms, one: HeldLevel | None, other: HeldLevel | None) -> HeldLevel | None:
    """Choose the better level for a member who is two; of two alike the one that is safe longer."""
    if _height(terms, one) != _height(terms, other):
        return one if is_lower(terms, other, one) else other
    if one is None or other is None:
        return one or other
    ends = (one.safe_until, other.safe_until)
    longer = one if ends[0] is None or (ends[1] is not None and ends[0] >= ends[1]) else other
    return replace(longer, since=min(one.since, other.since))


def look_again_at(terms: Terms, held: HeldLevel | None, *, after: datetime | None = None) -> datetime | None:
    """Give when somebody has to look: to tell of the loss, and, `after` that was done, to note it; None: never."""
    lapse = lapses_at(terms.level_rules, held) if held and held.level else None
    if lapse is None:
        return None
    notice = lapse - timedelta(days=NOTICE_DAYS)
    return lapse if after is not None and after >= notice else notice


def _is_alike(one: HeldLevel | None, other: HeldLevel | None) -> bool:
    """Tell whether two are one level with one term: a till's clock and ours may differ on since when."""
    return (one and (one.level, one.safe_until)) == (other and (other.level, other.safe_until))


def _height(terms: Terms, held: HeldLevel | None) -> int:
    level = level_called(terms, held.level) if held else None
    return level.spend_threshold_minor if level else -1
