"""What the sample coffee house sells, and for how much."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dish:
    sku: str
    category: str
    price_minor: int


COFFEE, TEA, BAKERY, FOOD, BEANS = "coffee", "tea", "bakery", "food", "beans"

DRINKS = (
    Dish(sku="espresso", category=COFFEE, price_minor=16_000),
    Dish(sku="americano", category=COFFEE, price_minor=19_000),
    Dish(sku="cappuccino", category=COFFEE, price_minor=24_000),
    Dish(sku="flat-white", category=COFFEE, price_minor=26_000),
    Dish(sku="latte", category=COFFEE, price_minor=27_000),
    Dish(sku="raf", category=COFFEE, price_minor=32_000),
    Dish(sku="filter", category=COFFEE, price_minor=21_000),
    Dish(sku="black-tea", category=TEA, price_minor=18_000),
    Dish(sku="sea-buckthorn-tea", category=TEA, price_minor=28_000),
)
DRINK_WEIGHTS = (6, 10, 24, 12, 16, 8, 9, 8, 7)

PASTRY = (
    Dish(sku="croissant", category=BAKERY, price_minor=19_000),
    Dish(sku="cinnamon-bun", category=BAKERY, price_minor=21_000),
    Dish(sku="cookie", category=BAKERY, price_minor=9_000),
    Dish(sku="cheesecake", category=BAKERY, price_minor=34_000),
)
BREAKFAST = (
    Dish(sku="syrniki", category=FOOD, price_minor=39_000),
    Dish(sku="porridge", category=FOOD, price_minor=29_000),
)
LUNCH = (
    Dish(sku="sandwich", category=FOOD, price_minor=37_000),
    Dish(sku="soup", category=FOOD, price_minor=42_000),
    Dish(sku="salad", category=FOOD, price_minor=45_000),
)
BAG_OF_BEANS = Dish(sku="beans-250", category=BEANS, price_minor=95_000)
