"""What the bot says of levels that are about to be lost, or were."""

from datetime import date
from typing import Any

from babel.dates import format_date

from locales.catalogue import gettext
from locales.numbers import percent
from offers.flows.review_levels import LEVEL_ENDING
from offers.model.events import LevelLost
from offers.model.programme import Language


def level_notice(kind: str, facts: dict[str, Any], language: Language) -> str | None:
    """Say what becomes of a level; None for what is no news of one."""
    level = facts.get(f"level_{language}", "")
    if kind == LEVEL_ENDING:
        day = format_date(date.fromisoformat(facts["last_day"]), format="d MMMM", locale=language)
        return "⏳ " + gettext(
            language, "Your level “{level}” ends after {day} unless you reach it again by then.", level=level, day=day
        )
    if kind != LevelLost.__name__:
        return None
    ended = gettext(language, "Your level “{level}” has ended.", level=level)
    now = facts[f"now_{language}"]
    if not now:
        return f"{ended} {gettext(language, 'Your purchases lead to it again.')}"
    share = percent(language, facts["discount_bp"])
    left = gettext(language, "Your level is “{level}” now, your discount {discount}.", level=now, discount=share)
    return f"{ended} {left}"
