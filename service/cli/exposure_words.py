"""A campaign's report in words: the draw, each arm, and "it cannot be told" where it cannot."""

from typing import TYPE_CHECKING

from locales.catalogue import gettext, ngettext
from locales.numbers import count, percent

if TYPE_CHECKING:  # polars takes a while to load, and other commands do not need it
    from scoring.exposures.report import ArmReport, CampaignReport
    from scoring.measurement.draws import DrawnEffect

_WHOLE_BP = 10_000
TEXTS: dict[str, str] = {
    "up": "more than with nothing",
    "down": "less than with nothing",
    "cannot_tell": "it cannot be told",
}
"""By the name of a verdict."""


def report_lines(report: "CampaignReport | None", campaign: str, language: str) -> list[str]:
    """Tell a report; money is in the units of the history (minor ones from the database)."""
    if report is None:
        return [gettext(language, "Nobody was drawn in {campaign} yet.", campaign=campaign)]
    head = ngettext(
        language,
        "{campaign}: {n} draw, the horizon of {over} is over.",
        "{campaign}: {n} draws, the horizon of {over} is over.",
        report.members,
        campaign=campaign,
        over=count(language, report.over),
    )
    chance = f"{report.mismatch.p_value:.3f}"
    if report.mismatch.blocks:
        blocked = gettext(
            language,
            "The draw is NOT what its chances say (p = {chance}): members were lost or moved. Nothing is compared.",
            chance=chance,
        )
        return [head, blocked, *(_drawn(arm, language) for arm in report.arms)]
    fits = gettext(language, "The draw is what its chances say (p = {chance}).", chance=chance)
    return [head, fits, *(line for arm in report.arms for line in _arm(arm, language)), *_policy(report, language)]


def _policy(report: "CampaignReport", language: str) -> list[str]:
    """Say in one line what the policy that was learned would have left as margin, where costs are known."""
    told = {each.policy: each.margin for each in report.worth if each.margin is not None}
    learned, nothing, drawn = (told.get(policy) for policy in ("learned", "nothing", "as_drawn"))
    if learned is None or nothing is None or drawn is None:
        return []
    if not (learned.trustworthy and nothing.trustworthy):
        return [gettext(language, "What the learned policy would have left as margin: it cannot be told yet")]
    numbers = {"learned": learned.value, "low": learned.low, "high": learned.high}
    numbers |= {"nothing": nothing.value, "drawn": drawn.value}
    return [
        gettext(
            language,
            "The learned policy would have left a margin of {learned} per member (95 %: {low} to {high}); giving "
            "nothing {nothing}, the draw itself {drawn}",
            **{name: count(language, round(each)) for name, each in numbers.items()},
        )
    ]


def _arm(arm: "ArmReport", language: str) -> list[str]:
    lines = [_drawn(arm, language)]
    if arm.bought is not None:
        bought = _shares(arm.bought, language)
        lines.append(gettext(language, "  bought: {change} of members (95 %: {low} to {high}): {verdict}", **bought))
    if arm.spend is not None:
        money = _money(arm.spend, language)
        lines.append(gettext(language, "  money: {change} per member (95 %: {low} to {high}): {verdict}", **money))
    if arm.margin is not None:
        left = _money(arm.margin, language)
        lines.append(gettext(language, "  margin: {change} per member (95 %: {low} to {high}): {verdict}", **left))
    return lines


def _drawn(arm: "ArmReport", language: str) -> str:
    return gettext(
        language,
        "{arm}: {members} drawn, {expected} expected",
        arm=arm.arm,
        members=count(language, arm.members),
        expected=count(language, round(arm.expected)),
    )


def _shares(found: "DrawnEffect", language: str) -> dict[str, object]:
    effect = found.effect
    numbers = {"change": effect.absolute, "low": effect.low, "high": effect.high}
    told: dict[str, object] = {name: percent(language, round(each * _WHOLE_BP)) for name, each in numbers.items()}
    return {**told, "verdict": gettext(language, TEXTS[found.verdict.value])}


def _money(found: "DrawnEffect", language: str) -> dict[str, object]:
    effect = found.effect
    numbers = {"change": effect.absolute, "low": effect.low, "high": effect.high}
    told: dict[str, object] = {name: count(language, round(each)) for name, each in numbers.items()}
    return {**told, "verdict": gettext(language, TEXTS[found.verdict.value])}
