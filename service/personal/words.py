"""What is said about a personal offer: to the member on the coupon, to staff in the rehearsal."""

from locales.catalogue import LANGUAGES, gettext
from locales.numbers import money
from offers.engine.personal_offers import level_text
from offers.model.personal import GiftLevel, Levels
from offers.model.programme import BASIS_POINTS, LocalText
from scoring.decisions.decide import Reason
from scoring.decisions.reasons import line_of, use_line
from service.personal.audience import Hopeful

AWAY = {"slipping", "sleeping", "lost"}
FOR_AWAY = "We have missed you."
FOR_FAVOURITE = "Because you like {category}."
FOR_EVERYBODY = "Thank you for being with us."
NOTHING, A_GIFT = "Nothing", "A gift"


def reason_for_member(hopeful: Hopeful) -> LocalText:
    """Say why the member has it, kindly: what they like, else that they were missed, else thanks."""
    if hopeful.favourite is not None:
        return _in_both(FOR_FAVOURITE, category=hopeful.favourite.category)
    return _in_both(FOR_AWAY if hopeful.scores.segment in AWAY else FOR_EVERYBODY)


def reason_for_staff(reason: Reason, levels: Levels, size: int, *, margin_minor: int, currency: str) -> LocalText:
    """Say in one line why a member gets a level or none."""
    lines = {
        language: line_of(
            reason,
            language,
            level=level_name(levels, size, language),
            margin=money(language, max(0, margin_minor), currency),
        )
        for language in LANGUAGES
    }
    return LocalText(ru=lines["ru"], en=lines["en"])


def with_use(line: LocalText, *, share: float | None, coupons: int) -> LocalText:
    """Add on what share of its occasions the coupon is expected to be used; None: nothing is learned of it."""
    share_bp = None if share is None else round(share * BASIS_POINTS)
    ru, en = (use_line(language, share_bp=share_bp, coupons=coupons) for language in ("ru", "en"))
    return LocalText(ru=f"{line.ru} {ru}", en=f"{line.en} {en}")


def level_name(levels: Levels, size: int, language: str) -> str:
    """Name a level of a template; 0 is nothing."""
    if not size:
        return gettext(language, NOTHING)
    return gettext(language, A_GIFT) if isinstance(levels, GiftLevel) else level_text(levels, size, language)


def _in_both(text: str, **facts: str) -> LocalText:
    return LocalText(ru=gettext("ru", text, **facts), en=gettext("en", text, **facts))
