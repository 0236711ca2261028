"""What keeps a measurement from being made, with the facts."""

from scoring.errors import ScoringError


class TooFewMembers(ScoringError):
    code = "too_few_members"

    def __init__(self, *, members: int, needed: int) -> None:
        super().__init__(f"{members} members in an arm, {needed} needed")
        self.members = members
        self.needed = needed


class UnevenArrays(ScoringError):
    code = "uneven_arrays"

    def __init__(self, *, sizes: tuple[int, ...]) -> None:
        super().__init__(f"arrays that describe the same members differ in size: {sizes}")
        self.sizes = sizes


class BadPropensity(ScoringError):
    code = "bad_propensity"

    def __init__(self, *, lowest: float, highest: float) -> None:
        super().__init__(f"propensities lie above 0 and at most at 1; these reach from {lowest} to {highest}")
        self.lowest = lowest
        self.highest = highest
