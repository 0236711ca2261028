"""Runs of personal offers as the API tells them."""

from typing import Any

from merchant.limits import instant
from merchant.offers.writing import plain
from offers.model.personal_run import PersonalRun, Rehearsal

Document = dict[str, Any]


def run_answer(run: PersonalRun) -> Document:
    """Tell where a run stands and what its rehearsal found."""
    return {
        "id": run.id,
        "template": run.template,
        "version": run.version,
        "scores": run.scores,
        "at": instant(run.at),
        "staff": run.staff_id,
        "state": run.state.value,
        "waits_for": run.waits_for or None,
        "progress": {
            "members": run.rehearsal.decided,
            "looked_at": run.looked_at,
            "issued": run.issued,
            "committed_minor": run.committed_minor,
            "skipped": {why.value: count for why, count in run.skipped.items()},
            "taken_back": run.taken_back,
            "used": run.used,
            "began_at": instant(run.began_at),
            "ended_at": instant(run.ended_at),
        },
        "rehearsal": rehearsal_answer(run.rehearsal),
    }


def rehearsal_answer(found: Rehearsal) -> Document:
    low, middle, high = found.margin_minor
    return {
        "policy": found.policy.value,
        "decided": found.decided,
        "reach": [plain(level) for level in found.reach],
        "held_out": found.held_out,
        "drawn": found.drawn,
        "left_out": {why.value: count for why, count in found.left_out.items()},
        "budget_left_minor": found.budget_left_minor,
        "cost_minor": found.cost_minor,
        "expected_minor": found.cost_minor if found.expected_minor is None else found.expected_minor,
        "use": plain(found.use) if found.use else None,
        "margin_minor": {"low": low, "expected": middle, "high": high},
        "break_even_centi": found.break_even_centi,
        "detectable_bp": found.detectable_bp,
        "audit": {"mean_bp": found.mean_bp, "groups": [plain(group) for group in found.groups]},
        "sample": [
            {
                "member": each.member_id,
                "size": each.size,
                "reason": {"ru": each.reason.ru, "en": each.reason.en},
            }
            for each in found.sample
        ],
    }
