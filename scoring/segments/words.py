"""What a marketer reads of a segment or a cluster."""

import numpy as np

from locales.catalogue import gettext
from offers.model.computed_segments import Segment
from scoring.arrays import Floats, Ints
from scoring.segments.rfm import Habits

_NOTABLE = 0.4
_MOST_PHRASES = 3

TITLES: dict[Segment, str] = {
    Segment.CHAMPIONS: "Champions",
    Segment.LOYAL: "Loyal",
    Segment.BIG_BASKETS: "Big baskets",
    Segment.PROMISING: "Promising",
    Segment.NEW: "New",
    Segment.SLIPPING: "Slipping away",
    Segment.SLEEPING: "Sleeping",
    Segment.ONE_TIME: "Came once",
    Segment.LOST: "Lost",
}
ADVICE: dict[Segment, str] = {
    Segment.CHAMPIONS: "Come most often and spend most. Thank them; a discount would only cost.",
    Segment.LOYAL: "Come often and on time. Show them what is new.",
    Segment.BIG_BASKETS: "Come now and then for a lot. Give a reason to come once more.",
    Segment.PROMISING: "Have come again and are on time. Help the habit along.",
    Segment.NEW: "Bought for the first time not long ago. The second purchase decides.",
    Segment.SLIPPING: "Were among the best and are overdue by their own rhythm. Write first of all to them.",
    Segment.SLEEPING: "Came now and then and are overdue. Try a small reminder.",
    Segment.ONE_TIME: "Bought once and did not return. Cheap channels only.",
    Segment.LOST: "Silent for more than six of their own rhythms. Hardly anything brings them back.",
}
PHRASES: tuple[tuple[str, str], ...] = (
    ("were here lately", "have not been here for long"),
    ("come seldom", "come often"),
    ("small baskets", "big baskets"),
    ("joined lately", "have been with us for long"),
)
"""For each trait of `traits_of`: what to say where a cluster lies low, and where high."""
TEXTS: dict[str, str] = {
    "were here lately": "were here lately",
    "have not been here for long": "have not been here for long",
    "come seldom": "come seldom",
    "come often": "come often",
    "small baskets": "small baskets",
    "big baskets": "big baskets",
    "joined lately": "joined lately",
    "have been with us for long": "have been with us for long",
}
LIKE_MOST = "like most members"


def traits_of(habits: Habits) -> Floats:
    """Give what clusters are made of: logarithms of silence, purchases a day, basket and time with the merchant."""
    rate = habits.purchases / np.maximum(habits.days_known, 30)
    basket = np.maximum(habits.spend, 1e-6) / np.maximum(habits.purchases, 1)
    columns = (np.log1p(habits.days_since_last), np.log(rate), np.log(basket), np.log1p(habits.days_known))
    return np.column_stack(columns)


def describe(traits: Floats, labels: Ints, cluster: int, language: str) -> str:
    """Say in a few words how a cluster differs from all members: the traits furthest from the middle come first."""
    scale = traits.std(axis=0)
    away = (traits[labels == cluster].mean(axis=0) - traits.mean(axis=0)) / np.where(scale > 0, scale, 1.0)
    notable = [place for place in np.argsort(-np.abs(away), kind="stable") if abs(away[place]) >= _NOTABLE]
    said = [gettext(language, TEXTS[PHRASES[place][int(away[place] > 0)]]) for place in notable[:_MOST_PHRASES]]
    text = ", ".join(said) if said else gettext(language, LIKE_MOST)
    return text[0].upper() + text[1:]


def title(segment: Segment, language: str) -> str:
    """Give a segment's name."""
    return gettext(language, TITLES[segment])


def advice(segment: Segment, language: str) -> str:
    """Say who is in a segment and what to do about it."""
    return gettext(language, ADVICE[segment])


def cluster_title(number: int, language: str) -> str:
    """Give a cluster's name: it has no other than its number."""
    return gettext(language, "Cluster {number}", number=number)
