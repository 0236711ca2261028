"""The tally of a purchase while its lanes are applied: prices, floors, tags and what discounts are still allowed.

Every discount goes through `fit`, so that at no moment a line lies below its floor or discounts exceed their share.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offers.engine.allocation import share_out
from offers.engine.basket import MICRO, BasketView
from offers.model.offer import Limits
from offers.model.programme import BASIS_POINTS
from offers.model.rulebook import Floor, Guards


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tag a line carries: an offer, a level, or (without an id) the goods themselves."""

    id: str
    ru: str = ""
    en: str = ""


GOODS = Holder(id="")


@dataclass(frozen=True, slots=True)
class Block:
    """Why lines may not be touched: a tag, and whose it is."""

    tag: str
    holder: Holder


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit on a sum, by the name explanations know it by; `scope` says whose budget it is."""

    name: str
    amount: int
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """What is left of shares after the limits: `wanted` is their sum before, `cut` the limit that took most."""

    shares: list[int]
    amount: int
    wanted: int
    cut: Ceiling | None


class Tally:
    """Prices only fall. `entry` are the prices at which the current group of offers reckons."""

    __slots__ = (
        "_allowed_minor",
        "_bans",
        "_has_floors",
        "_marks",
        "basket",
        "discount_minor",
        "entry",
        "floors",
        "max_points_bp",
        "prices",
    )

    def __init__(self, basket: BasketView, guards: Guards) -> None:
        self.basket = basket
        self.prices = list(basket.totals)
        self.entry: Sequence[int] = basket.totals
        self.floors = _floors(basket, guards.floors)
        self._has_floors = any(self.floors)
        self.discount_minor = 0
        self.max_points_bp = guards.max_points_bp
        self._allowed_minor = basket.total_minor * guards.max_discount_bp // BASIS_POINTS
        self._marks: list[dict[str, Holder]] = [{} for _ in basket.lines]
        self._bans: list[dict[str, Holder]] = [{} for _ in basket.lines]
        for tag, lines in basket.tagged():
            for index in lines:
                self._marks[index][tag] = GOODS

    def open_group(self) -> None:
        self.entry = tuple(self.prices)

    def block(self, index: int, tags: Iterable[str], excludes: Iterable[str]) -> Block | None:
        """Tell what keeps something with these tags and excludes from a line."""
        marks, bans = self._marks[index], self._bans[index]
        if marks:
            for tag in excludes:
                if tag in marks:
                    return Block(tag, marks[tag])
        if bans:
            for tag in tags:
                if tag in bans:
                    return Block(tag, bans[tag])
        return None

    def allowed(
        self, lines: Sequence[int], tags: Sequence[str], excludes: Sequence[str]
    ) -> tuple[Sequence[int], Block | None]:
        """Give the lines that may be touched, and what keeps the first of the others."""
        if not tags and not excludes:
            return lines, None
        first: Block | None = None
        free = []
        for index in lines:
            if found := self.block(index, tags, excludes):
                first = first or found
            else:
                free.append(index)
        return free, first

    def fit(self, shares: Sequence[int], limits: Limits, ceilings: Sequence[Ceiling] = ()) -> Fit:
        """Cut shares to what floors, caps and budgets allow."""
        fitted, cut = self._above_floors(shares, limits.floor_bp), None
        amount, wanted = sum(fitted), sum(shares)
        if amount < wanted:
            cut = Ceiling("floor", amount)
        lowest = self._lowest_ceiling(limits, ceilings)
        if lowest.amount < amount:
            fitted, amount, cut = share_out(lowest.amount, fitted), lowest.amount, lowest
        return Fit(shares=fitted, amount=amount, wanted=wanted, cut=cut)

    def apply(self, fit: Fit, limits: Limits) -> None:
        for index, share in enumerate(fit.shares):
            self.prices[index] -= share
        self.discount_minor += fit.amount
        if limits.max_discount_bp is not None:
            self._allowed_minor = min(self._allowed_minor, self._share_of_total(limits.max_discount_bp))
        self.keep_points_within(limits)

    def keep_points_within(self, limits: Limits) -> None:
        if limits.max_points_bp is not None:
            self.max_points_bp = min(self.max_points_bp, limits.max_points_bp)

    def mark(self, shares: Sequence[int], holder: Holder, tags: Iterable[str], excludes: Iterable[str]) -> None:
        """Let the lines that got something carry the tags, and refuse what is excluded."""
        if not tags and not excludes:
            return
        for index, share in enumerate(shares):
            if share:
                for tag in tags:
                    self._marks[index].setdefault(tag, holder)
                for tag in excludes:
                    self._bans[index].setdefault(tag, holder)

    def _above_floors(self, shares: Sequence[int], floor_bp: int) -> list[int]:
        floors = self.floors
        if floor_bp:
            totals = self.basket.totals
            floors = [max(floor, _part(total, floor_bp)) for floor, total in zip(floors, totals, strict=True)]
        elif not self._has_floors:
            return [min(price, share) for share, price in zip(shares, self.prices, strict=True)]
        return [
            share and max(0, min(share, price - floor))
            for share, price, floor in zip(shares, self.prices, floors, strict=True)
        ]

    def _lowest_ceiling(self, limits: Limits, ceilings: Sequence[Ceiling]) -> Ceiling:
        """Give the limit that leaves least: of two alike the purchase's own, then a budget, then the offer's."""
        lowest = Ceiling("max_discount", self._allowed_minor - self.discount_minor)
        for ceiling in ceilings:
            if ceiling.amount < lowest.amount:
                lowest = ceiling
        if limits.cap_minor is not None and limits.cap_minor < lowest.amount:
            lowest = Ceiling("cap", limits.cap_minor)
        if limits.max_discount_bp is not None:
            left = max(0, self._share_of_total(limits.max_discount_bp) - self.discount_minor)
            if left < lowest.amount:
                lowest = Ceiling("max_discount", left)
        return lowest

    def _share_of_total(self, bp: int) -> int:
        return self.basket.total_minor * bp // BASIS_POINTS


def _floors(basket: BasketView, floors: Sequence[Floor]) -> list[int]:
    """Give the lowest price of every line, never above its full price."""
    lowest = [0] * len(basket.totals)
    for floor in floors:
        for index in basket.select(floor.goods):
            by_unit = -(-floor.unit_minor * basket.micros[index] // MICRO)
            least = max(_part(basket.totals[index], floor.share_bp), by_unit)
            lowest[index] = max(lowest[index], min(least, basket.totals[index]))
    return lowest


def _part(total: int, bp: int) -> int:
    """Give a share of a price, rounded up: a floor is not undercut by a fraction."""
    return -(-total * bp // BASIS_POINTS)
