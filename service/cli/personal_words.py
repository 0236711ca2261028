"""Runs of personal offers in words: what a rehearsal found, how far a run is, why one waits for a person."""

from collections.abc import Iterator

from locales.catalogue import gettext, ngettext
from locales.numbers import count, estimated, money, percent, tenths
from offers.model.personal import Levels
from offers.model.personal_run import LeftOut, PersonalRun, Policy, Rehearsal, RunState, Skipped
from offers.model.programme import Language, Programme

LEFT_OUT: dict[LeftOut, tuple[str, str]] = {
    LeftOut.NO_SCORES: ("{n} member has no scores", "{n} members have no scores"),
    LeftOut.NOT_FOR_THEM: ("it is not for {n} member", "it is not for {n} members"),
    LeftOut.TOO_SOON: ("{n} member got one lately", "{n} members got one lately"),
    LeftOut.NO_FAVOURITE: ("{n} member has no favourite", "{n} members have no favourite"),
    LeftOut.GONE: ("{n} member has left since", "{n} members have left since"),
}
SKIPPED: dict[Skipped, tuple[str, str]] = {
    Skipped.GONE: ("{n} member has left since", "{n} members have left since"),
    Skipped.TOO_SOON: ("{n} member got another one meanwhile", "{n} members got another one meanwhile"),
    Skipped.BUDGET: ("the budget was spent before {n} member", "the budget was spent before {n} members"),
}
POLICIES: dict[Policy, str] = {
    Policy.LEARNED: "Decided by what earlier offers changed.",
    Policy.RULE: "Too little is known of what offers change: some are drawn, the others get the smallest level.",
}
STATES: dict[RunState, str] = {
    RunState.REHEARSED: "rehearsed",
    RunState.WAITING: "waiting for a person",
    RunState.ISSUING: "being issued",
    RunState.ISSUED: "has been issued",
    RunState.UNDOING: "being taken back",
    RunState.UNDONE: "has been taken back",
}
WAITS: dict[str, str] = {
    "first": "no person has issued this template yet",
    "cost": "it would cost much more than the last run",
    "reach": "it would reach many more members than the last run",
    "few": "it would reach fewer members than the template asks for",
    "gap": "one group would get clearly more than the others",
    "version": "the template has changed since a person issued it",
}


def rehearsal_lines(run: PersonalRun, levels: Levels, programme: Programme, language: str) -> Iterator[str]:
    """Say what a dry run found, line by line."""
    from service.personal.words import level_name

    found, currency = run.rehearsal, programme.currency
    yield gettext(language, POLICIES[found.policy])
    for level in found.reach:
        name, cost = level_name(levels, level.size, language), money(language, level.cost_minor, currency)
        yield ngettext(language, "{level}: {n} member, {cost}", "{level}: {n} members, {cost}", level.members,
                       level=name, cost=cost)  # fmt: skip
    if found.held_out:
        yield ngettext(language, "{n} member is held out", "{n} members are held out", found.held_out)
    yield ngettext(language, "{n} member is drawn at random", "{n} members are drawn at random", found.drawn)
    for why, members in found.left_out.items():
        yield ngettext(language, *LEFT_OUT[why], members)
    yield from _money_lines(found, currency, language)
    yield from _holdout_lines(found, language)
    for each in found.sample:
        yield f"  {each.member_id}: {each.reason(Language(language))}"


def _money_lines(found: Rehearsal, currency: str, language: str) -> Iterator[str]:
    cost, left = money(language, found.cost_minor, currency), money(language, found.budget_left_minor, currency)
    yield from _use_lines(found, language)
    if found.use is None or found.expected_minor is None:
        yield gettext(language, "Expected cost: {cost} of {left} that the budget holds", cost=cost, left=left)
    else:
        expected = money(language, found.expected_minor, currency)
        yield gettext(language, "Expected cost: {expected}; the budget reckons with {cost} of {left} that it holds",
                      expected=expected, cost=cost, left=left)  # fmt: skip
    low, middle, high = found.margin_minor
    if middle is None or high is None:
        yield gettext(language, "What it brings cannot be told yet; at worst it loses {cost}", cost=cost)
    else:
        yield gettext(
            language,
            "Expected to bring {middle} beyond its cost, from {low} to {high}",
            middle=money(language, middle, currency),
            low=money(language, low, currency),
            high=money(language, high, currency),
        )
    extra = tenths(language, found.break_even_centi / 100)
    yield gettext(language, "It pays for itself with {extra} extra purchases of a hundred members", extra=extra)


def _use_lines(found: Rehearsal, language: str) -> Iterator[str]:
    """Say on what share of their occasions coupons are expected to be used, and how that is known."""
    if found.use is None:
        yield gettext(language, "Everybody is taken to use a coupon on every occasion: nothing is learned of it yet")
        return
    yield ngettext(
        language,
        "Coupons are expected to be used on {share} of their occasions (learned from {n} coupon, {own} of this "
        "template); the budget reckons with {reckoned}",
        "Coupons are expected to be used on {share} of their occasions (learned from {n} coupons, {own} of this "
        "template); the budget reckons with {reckoned}",
        found.use.coupons,
        share=estimated(language, found.use.share_bp),
        own=count(language, found.use.own_coupons),
        reckoned=estimated(language, found.use.reckoned_bp),
    )


def _holdout_lines(found: Rehearsal, language: str) -> Iterator[str]:
    if found.detectable_bp is None:
        yield gettext(language, "Nobody is held out: what it changes will not be known")
    else:
        change = percent(language, found.detectable_bp)
        yield gettext(language, "The holdout notices a change of purchases of {change} or more", change=change)
    for group in found.groups:
        if group.is_wide:
            yield gettext(
                language,
                "Look at this: {group} gets {gap} more discount than the others",
                group=group.group,
                gap=percent(language, group.gap_bp),
            )


def progress_lines(run: PersonalRun, programme: Programme, language: str) -> Iterator[str]:
    """Say what came of issuing or taking back."""
    if run.state in {RunState.UNDOING, RunState.UNDONE}:
        yield ngettext(language, "{n} coupon taken back", "{n} coupons taken back", run.taken_back)
        yield ngettext(language, "{n} was used before", "{n} were used before", run.used)
        return
    committed = money(language, run.committed_minor, programme.currency)
    yield ngettext(language, "{n} coupon issued", "{n} coupons issued", run.issued)
    yield gettext(language, "Committed of the budget: {money}", money=committed)
    for why, members in run.skipped.items():
        yield ngettext(language, *SKIPPED[why], members)


def run_line(run: PersonalRun, programme: Programme, language: str) -> str:
    """Say a run in one line."""
    state = gettext(language, STATES[run.state])
    if run.waits_for:
        state = f"{state} ({gettext(language, WAITS[run.waits_for])})"
    cost = money(language, run.rehearsal.cost_minor, programme.currency)
    return f"{run.id}  {run.at:%Y-%m-%d %H:%M}  {run.template} v{run.version}  {state}  {cost}"
