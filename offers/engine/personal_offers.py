"""Personal offers, decided about one member: whether one is for them, on what, and what its coupon is called."""

from collections.abc import Collection, Sequence

from offers.model.benefit import Benefit
from offers.model.condition import AllOf, AnyOf, Condition, InSegment, LikesCategory, Not, ScoreWithin
from offers.model.goods import Goods
from offers.model.personal import GiftLevel, Levels, PercentLevels, PointsLevels, Template, benefit_at, sizes_of
from offers.model.programme import LocalText
from offers.model.scores import Favourite, MemberScores


def is_for(condition: Condition, scores: MemberScores, segments: Collection[str]) -> bool:
    """Tell whether a template's condition holds for a member; `segments` are the computed ones too.

    A condition that needs a purchase never holds: templates with one are refused when they are written.
    """
    match condition:
        case AllOf(conditions=parts):
            holds = all(is_for(part, scores, segments) for part in parts)
        case AnyOf(conditions=parts):
            holds = any(is_for(part, scores, segments) for part in parts)
        case Not(condition=part):
            holds = not is_for(part, scores, segments)
        case InSegment(segments=names):
            holds = any(name in segments for name in names)
        case ScoreWithin(score=name, at_least=least, at_most=most):
            value = scores.value(name)
            holds = (least is None or value >= least) and (most is None or value <= most)
        case LikesCategory(categories=names):
            holds = any(favourite.category in names for favourite in scores.favourites)
        case _:
            holds = False
    return holds


def favourite_of(levels: Levels, favourites: Sequence[Favourite]) -> Favourite | None:
    """Give what a member likes best of what a template covers; what they only might like does not count."""
    goods = Goods() if isinstance(levels, GiftLevel) else levels.goods
    for each in favourites:
        covered = not goods.categories or each.category in goods.categories
        if covered and each.category not in goods.except_categories and not each.is_discovery:
            return each
    return None


def size_of(levels: Levels, option: int) -> int:
    """Give an option in its own unit; 0 for nothing."""
    return sizes_of(levels)[option - 1] if option else 0


def coupon_benefit(template: Template, option: int, category: str | None) -> Benefit:
    return benefit_at(template.levels, option - 1, category)


def coupon_title(template: Template, option: int, category: str | None) -> LocalText:
    """Call a coupon by its template, its level and what it is on: `Come back: −10 %, coffee`."""
    size = size_of(template.levels, option)
    return LocalText(
        ru=_titled(template.title.ru, level_text(template.levels, size, "ru"), category),
        en=_titled(template.title.en, level_text(template.levels, size, "en"), category),
    )


def level_text(levels: Levels, size: int, language: str) -> str:
    """Write a level out; nothing for a gift, which its title names."""
    match levels:
        case PercentLevels():
            return f"−{_number(size / 100, language)} %"
        case PointsLevels():
            return f"×{_number(size / 10_000, language)}"
        case GiftLevel():
            return ""


def _titled(title: str, level: str, category: str | None) -> str:
    said = ", ".join(part for part in (level, category) if part)
    return f"{title}: {said}" if said else title


def _number(value: float, language: str) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "ru" else text
