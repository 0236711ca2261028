"""Traits in bins of exact edges: trees that grow on them are the same wherever their rows are counted.

XGBoost sketches where a trait may be cut from the rows it sees, so parts of the rows give other cuts than all of them.
Of no more values than it has bins every sketch is exact: its cuts are these values. A bin's value is its lower edge, so
a cut at an edge parts raw values as it parts the bins, and what has grown is asked about raw values.
"""

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]

MOST_VALUES = 255
"""One less than XGBoost has bins."""


def put_in_bins(values: Singles) -> None:
    """Put the lower edge of its bin in the place of each value, column by column; NaN stays.

    Single precision is what XGBoost compares in: a double could be on another side of its own edge.
    """
    for place in range(values.shape[1]):
        # A zero may have a sign, which says nothing and would be written down.
        column = values[:, place] + np.float32(0)
        ordered = np.sort(column)[: column.size - int(np.isnan(column).sum())]
        if _distinct(ordered).size > MOST_VALUES:
            column[np.argsort(column)[: ordered.size]] = _edges_below(ordered)
        values[:, place] = column


def _edges_below(ordered: Singles) -> Singles:
    """Give each value the lower edge of its bin; bins hold about as many values each.

    The greatest value has a bin of its own: XGBoost would take what lies far beyond the last bin for missing.
    """
    edges = _distinct(ordered[np.arange(MOST_VALUES) * (ordered.size - 1) // (MOST_VALUES - 1)])
    begins = np.searchsorted(ordered, edges)
    return np.repeat(edges, np.diff(begins, append=ordered.size))


def _distinct(ordered: Singles) -> Singles:
    distinct: Singles = ordered[np.append(True, ordered[1:] != ordered[:-1])[: ordered.size]]
    return distinct
