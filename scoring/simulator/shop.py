"""Two shops to simulate: a sparse one fitted to published purchases, and a dense one where members come weekly."""

from dataclasses import dataclass

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """How members of a shop buy. Rates are per day, money in units of the mean basket's currency.

    Rates and drop-out are gamma between members (Pareto/NBD, Schmittlein, Morrison, Colombo 1987), baskets gamma-gamma
    (Fader and Hardie 2013). `season` is the amplitude of the year's wave, `weekend` the factor of days 5 and 6.
    """

    name: str
    rate_shape: float
    rate_scale_days: float
    leaving_shape: float
    leaving_scale_days: float
    basket_shape: float
    spread_shape: float
    spread_scale: float
    margin_share: float
    season: float
    weekend: float
    categories: int = 8
    taste_concentration: float = 0.5


SPARSE = Shop(  # Pareto/NBD of the CDNOW sample in weeks, gamma-gamma of its spend
    name="sparse",
    rate_shape=0.553,
    rate_scale_days=10.58 * DAYS_A_WEEK,
    leaving_shape=0.606,
    leaving_scale_days=11.67 * DAYS_A_WEEK,
    basket_shape=6.25,
    spread_shape=3.74,
    spread_scale=15.44,
    margin_share=0.35,
    season=0.2,
    weekend=1.0,
)
DENSE = Shop(  # a grocery or a café: every sixth day on average, few leave
    name="dense",
    rate_shape=2.0,
    rate_scale_days=12.0,
    leaving_shape=1.2,
    leaving_scale_days=600.0,
    basket_shape=4.0,
    spread_shape=5.0,
    spread_scale=20.0,
    margin_share=0.3,
    season=0.1,
    weekend=1.25,
)
SHOPS = {shop.name: shop for shop in (SPARSE, DENSE)}
