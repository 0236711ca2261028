"""A basket made ready to be priced: its lines in an order of their own, and which of them are which goods.

Whatever is shared among lines gives its odd units to the earlier of two that deserve them alike. For the order in
which a till lists the lines to change nothing, lines are priced in the order of what they say.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from offers.model.goods import Goods, GoodsTag
from offers.model.purchase import Line

MICRO = 1_000_000


class BasketView:
    """Lines in pricing order. `places[i]` is where line i stands in the basket; quantities are in millionths."""

    __slots__ = (
        "_by_category",
        "_by_sku",
        "_by_tag",
        "_selections",
        "lines",
        "micros",
        "places",
        "total_minor",
        "totals",
    )

    def __init__(self, lines: Sequence[Line], tags: Iterable[GoodsTag] = ()) -> None:
        self.places = in_pricing_order(lines)
        self.lines = [lines[place] for place in self.places]
        self.totals = [line_total(line) for line in self.lines]
        self.micros = [in_millionths(line.quantity) for line in self.lines]
        self.total_minor = sum(self.totals)
        self._by_category: dict[str, set[int]] = {}
        self._by_sku: dict[str, set[int]] = {}
        for index, line in enumerate(self.lines):
            self._by_category.setdefault(line.category, set()).add(index)
            self._by_sku.setdefault(line.sku, set()).add(index)
        self._by_tag: dict[str, set[int]] = {}  # a tag is not made of tags, so this is empty while they are looked up
        self._selections: dict[Goods, list[int]] = {}
        self._by_tag = {tag.name: found for tag in tags if (found := self._find(tag.goods))}

    def select(self, goods: Goods) -> list[int]:
        """Give the indexes of the lines that are such goods, in order."""
        found = self._selections.get(goods)
        if found is None:
            found = self._selections[goods] = sorted(self._find(goods))
        return found

    def of_sku(self, sku: str) -> list[int]:
        return sorted(self._by_sku.get(sku, ()))

    def tagged(self) -> Iterable[tuple[str, set[int]]]:
        """Give every tag that goods of this basket carry, with their lines."""
        return self._by_tag.items()

    def whole_units(self, index: int) -> int:
        return self.micros[index] // MICRO

    def in_basket_order(self, values: Sequence[int]) -> tuple[int, ...]:
        """Put one value for each line back into the order the basket came in."""
        ordered = [0] * len(values)
        for place, value in zip(self.places, values, strict=True):
            ordered[place] = value
        return tuple(ordered)

    def _find(self, goods: Goods) -> set[int]:
        if goods.categories or goods.skus or goods.tags:
            found: set[int] = set()
            found.update(*(self._by_category.get(category, ()) for category in goods.categories))
            found.update(*(self._by_sku.get(sku, ()) for sku in goods.skus))
            found.update(*(self._by_tag.get(tag, ()) for tag in goods.tags))
        else:
            found = set(range(len(self.lines)))
        found.difference_update(*(self._by_category.get(category, ()) for category in goods.except_categories))
        found.difference_update(*(self._by_sku.get(sku, ()) for sku in goods.except_skus))
        found.difference_update(*(self._by_tag.get(tag, ()) for tag in goods.except_tags))
        return found


def in_millionths(quantity: Decimal) -> int:
    """Give a quantity, which has at most six decimals, as an integer."""
    return int(quantity.scaleb(6))


def in_pricing_order(lines: Sequence[Line]) -> list[int]:
    """Give the places of the lines in the order they are priced in: what the till lists first gains nothing by it."""
    return sorted(
        range(len(lines)),
        key=lambda place: (
            lines[place].sku, lines[place].category, lines[place].unit_price_minor, lines[place].quantity
        ),
    )  # fmt: skip


def line_total(line: Line) -> int:
    """Give quantity × price in minor units, half a unit rounded up."""
    return int((line.quantity * line.unit_price_minor).quantize(Decimal(1), rounding=ROUND_HALF_UP))
