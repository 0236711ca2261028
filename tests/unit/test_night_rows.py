"""Rows of a night: every column in the unit its field has, field by field what readers expect."""

from datetime import UTC, date, datetime
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from offers.model.ids import ProgrammeId
from offers.model.scores import MemberScores
from scoring.exposures.tonight import UPLIFT
from scoring.nightly.ageing import Snapshot
from scoring.nightly.part import LIKED
from scoring.nightly.reasons import REASONS
from scoring.nightly.scored import Scored
from scoring.nightly.shift import Night, NightWishes
from service.night.rows import rows_of, run_of

AS_OF = date(2026, 3, 13)
WISHES = NightWishes(as_of=AS_OF, horizon_days=30, zone="UTC", seed=0, threads=1)
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "member_id": pl.String,
    "p_active": pl.Float64,
    "expected_purchases": pl.Float64,
    "expected_spend": pl.Float64,
    "segment": pl.String,
    "cluster": pl.Int64,
    "daypart": pl.String,
    "reasons": REASONS,
    "favourites": LIKED,
    "uplift": UPLIFT,
    "uses_coupon": pl.Float64,
}


def night(rows: list[dict[str, object]], folder: Path) -> Night:
    """Give a night whose members are in two parts."""
    snapshot, scored = Snapshot(as_of=AS_OF, horizon_days=30, members=pl.DataFrame()), Scored(folder / "scores")
    scored.clear()
    for part, some in enumerate((rows[:1], rows[1:])):
        scored.keep(part, pl.DataFrame(some, schema=SCHEMA))
    return Night(scored=scored, members=len(rows), snapshot=snapshot, fingerprint="f", model="rfm")


def row(number: int, **told: object) -> dict[str, object]:
    return {
        "member_id": f"m{number}",
        "p_active": 0.5,
        "expected_purchases": 1.0,
        "expected_spend": 99.0,
        "segment": "new",
        "cluster": None,
        "daypart": None,
        "reasons": [],
        "favourites": None,
        "uplift": None,
        "uses_coupon": None,
        **told,
    }


def published(rows: list[dict[str, object]]) -> list[MemberScores]:
    with TemporaryDirectory() as folder:
        found = night(rows, Path(folder))
        run = run_of(ProgrammeId("p"), found, WISHES, retrain="no", at=datetime(2026, 3, 14, tzinfo=UTC))
        assert run.members == len(rows)
        return [TypeAdapter(MemberScores).validate_python(each, strict=False) for each in rows_of(run, found)]


def test_every_field_comes_out_in_its_unit() -> None:
    favourites = [
        {"category": "tea", "score": 1.25, "is_discovery": False},
        {"category": "nut", "score": 0.05, "is_discovery": True},
    ]
    uplift = [{"campaign": "c", "arm": "5%", "effect": -0.0123, "error": 0.00101}]
    full = row(1, cluster=3, daypart="morning", favourites=favourites, uplift=uplift,
               reasons=[{"kind": "silent", "value": 40}])  # fmt: skip

    known, bare = published([full, row(2)])

    assert [(each.category, each.chance_bp, each.is_discovery) for each in known.favourites] == [
        ("tea", 10_000, False),
        ("nut", 500, True),
    ]
    assert [(each.kind.value, each.value) for each in known.reasons] == [("silent", 40)]
    assert [(each.campaign, each.arm, each.effect_bp, each.error_bp) for each in known.uplift] == [
        ("c", "5%", -123, 11)
    ]
    assert (known.cluster, known.daypart, known.segment, known.member_id) == (3, "morning", "new", "m1")
    assert (bare.cluster, bare.daypart, bare.favourites, bare.reasons, bare.uplift) == (None, None, (), (), ())
    assert known.run_id == bare.run_id


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e4), st.floats(0, 1e9), st.floats(-1, 1)), min_size=1))
def test_numbers_are_rounded_as_python_rounds(told: list[tuple[float, float, float, float]]) -> None:
    rows = [
        row(
            number,
            p_active=chance,
            expected_purchases=count,
            expected_spend=spend,
            favourites=[{"category": "tea", "score": chance * 2, "is_discovery": False}],
            uplift=[{"campaign": "c", "arm": "a", "effect": effect, "error": abs(effect)}],
        )
        for number, (chance, count, spend, effect) in enumerate(told)
    ]

    for found, (chance, count, spend, effect) in zip(published(rows), told, strict=True):
        plain = (found.buys_again_bp, found.purchases_centi, found.spend_minor)
        assert plain == (round(chance * 10_000), round(count * 100), round(spend))
        assert found.favourites[0].chance_bp == round(min(chance * 2, 1.0) * 10_000)
        assert (found.uplift[0].effect_bp, found.uplift[0].error_bp) == (
            round(effect * 10_000),
            ceil(abs(effect) * 10_000),
        )
