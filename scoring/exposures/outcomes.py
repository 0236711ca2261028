"""What came of exposures: traits as of the evening before the draw, purchases and money in the days from it on."""

from dataclasses import dataclass

import polars as pl

from offers.model.programme import BASIS_POINTS
from scoring.features.at_cutoff import features_at
from scoring.features.traits import TRAITS
from scoring.partitions.known import Known
from scoring.partitions.machines import Machines

TRAIT_NAMES = tuple(each.name for each in TRAITS)
_ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeBench:
    """Matured exposures, numbered by `row`."""

    exposures: pl.DataFrame


def matured(exposures: pl.DataFrame, as_of_day: int) -> pl.DataFrame:
    """Give the exposures whose last day of outcomes is the as-of day or before it."""
    return exposures.filter(pl.col("day") + pl.col("horizon_days") - 1 <= as_of_day)


def outcomes_of(known: Known, exposures: pl.DataFrame, machines: Machines) -> pl.DataFrame:
    """Give matured exposures in their order with the traits and what came after the draw.

    That is `bought` (0 or 1), `visits_after`, `spend_after` and `margin_after`: the margin of the prices (what was paid
    and what was given together) less what was given, empty where the log knows no margin.
    A draw comes in the course of a day: traits are those known by the evening before, nothing later; outcomes are of
    the day itself and the ones after it, as many as the horizon has. Whoever never bought has no traits and no outcome.
    Part by part: no more of the history is in memory than one part.
    """
    numbered = exposures.with_row_index(_ROW)
    bench = OutcomeBench(exposures=numbered)
    found = pl.concat(list(machines.map(outcomes_part, known.together("members", "visits"), bench)))
    whole = numbered.join(found, on=_ROW, how="left", maintain_order="left")
    after = ("bought", "visits_after", "spend_after")
    told = whole.with_columns(pl.col(name).fill_null(0.0) for name in after).drop(_ROW)
    price, share = pl.col("spend_after") + pl.col("given"), pl.col("margin_bp") / BASIS_POINTS
    return told.with_columns(margin_after=price * share - pl.col("given"))


def outcomes_part(part: tuple[pl.DataFrame, ...], bench: OutcomeBench) -> pl.DataFrame:
    """Give `row`, traits and outcomes of the exposures of some members, given as their frames: members and visits."""
    members, visits = part
    places = members.select(pl.col("member_id").cast(pl.String)).with_row_index("member")
    mine = bench.exposures.join(places, on="member_id").select(_ROW, "member", "day", "horizon_days")
    mine = mine.with_columns(pl.col("member").cast(visits.schema["member"]))
    days = [
        _of_day(visits, drawn, int(str(day)))
        for (day,), drawn in mine.sort("day", _ROW).group_by("day", maintain_order=True)
    ]
    return pl.concat(days) if days else _nothing()


def _of_day(visits: pl.DataFrame, drawn: pl.DataFrame, day: int) -> pl.DataFrame:
    theirs = visits.filter(pl.col("member").is_in(drawn["member"].unique().implode()))
    traits = features_at(theirs, day - 1)
    coming = theirs.lazy().select("member", "amount", came="day").join(drawn.lazy(), on="member")
    within = (pl.col("came") >= day) & (pl.col("came") < day + pl.col("horizon_days"))
    after = (
        coming.filter(within).group_by(_ROW).agg(visits_after=pl.len(), spend_after=pl.col("amount").sum()).collect()
    )
    told = drawn.join(traits, on="member", how="left").join(after, on=_ROW, how="left")
    numbers = [pl.col(name).cast(pl.Float64).fill_null(0.0) for name in ("visits_after", "spend_after")]
    told = told.with_columns(numbers).with_columns(bought=(pl.col("visits_after") > 0).cast(pl.Float64))
    return told.select(_nothing().columns)


def _nothing() -> pl.DataFrame:
    after = ("bought", "visits_after", "spend_after")
    return pl.DataFrame(schema={_ROW: pl.UInt32, **dict.fromkeys((*TRAIT_NAMES, *after), pl.Float64)})
