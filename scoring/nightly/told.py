"""The scores of a part's members, told from what was found of them there and from what needed everybody."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scoring.forecast.judged import Expected
from scoring.forecast.learned import Learned
from scoring.nightly.everybody import Everybody, Places
from scoring.nightly.groups import Groups, group
from scoring.nightly.reasons import Usual, tell_reasons, usual_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What needed everybody, in order of members' ids: totals and groups, and by what reasons are weighed."""

    expected: Expected
    groups: Groups
    usual: Usual | None

    def scores(self, found: pl.DataFrame, places: Places) -> pl.DataFrame:
        """Give a part's rows as `Scored` has them, without the lessons'; `places`: of its members, in the order."""
        return found.select(
            "member_id",
            p_active=pl.Series(self.expected.p_active[places]),
            expected_purchases=pl.Series(self.expected.purchases[places]),
            expected_spend=pl.Series(self.expected.spend[places]),
            **self.groups.columns(places),
            daypart="daypart",
            reasons=tell_reasons(found, self.usual),
            favourites="favourites",
        )


def tell(everybody: Everybody, learned: Learned, clusters_before: Path | None, *, seed: int) -> Told:
    """Find totals and groups; about three hundred bytes a member for the while."""
    return Told(
        expected=everybody.expected(learned),
        groups=group(everybody, clusters_before, seed=seed),
        usual=usual_weights(everybody.column, learned),
    )
