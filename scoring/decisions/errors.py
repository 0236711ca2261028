"""What keeps offers from being decided, with the facts."""

from scoring.errors import ScoringError

TEXTS: dict[str, str] = {
    "uneven_options": "The values and the costs of the options have to be tables of the same shape, not {shapes}.",
    "impossible_cost": "{cells} costs are negative or no numbers.",
    "impossible_value": "{cells} values are no numbers.",
    "negative_budget": "A budget cannot be negative: {budget}.",
    "protected_trait": "An offer must not depend on {traits}.",
    "spread_too_wide": "Levels reach from {lowest} to {highest}; members may differ by {allowed} at most.",
    "exploration_too_costly": "Learning alone would cost {cost} of a budget of {budget}: explore with fewer members.",
}


class UnevenOptions(ScoringError):
    code = "uneven_options"

    def __init__(self, *, shapes: str) -> None:
        super().__init__(f"values and costs of the shapes {shapes}")
        self.shapes = shapes


class ImpossibleCost(ScoringError):
    code = "impossible_cost"

    def __init__(self, *, cells: int) -> None:
        super().__init__(f"{cells} costs are negative or no numbers")
        self.cells = cells


class ImpossibleValue(ScoringError):
    code = "impossible_value"

    def __init__(self, *, cells: int) -> None:
        super().__init__(f"{cells} values are no numbers")
        self.cells = cells


class NegativeBudget(ScoringError):
    code = "negative_budget"

    def __init__(self, *, budget: float) -> None:
        super().__init__(f"a budget of {budget}")
        self.budget = budget


class ProtectedTrait(ScoringError):
    code = "protected_trait"

    def __init__(self, *, traits: str) -> None:
        super().__init__(f"decisions would depend on {traits}")
        self.traits = traits


class SpreadTooWide(ScoringError):
    code = "spread_too_wide"

    def __init__(self, *, lowest: float, highest: float, allowed: float) -> None:
        super().__init__(f"levels from {lowest} to {highest}, a spread of {allowed} allowed")
        self.lowest = lowest
        self.highest = highest
        self.allowed = allowed


class ExplorationTooCostly(ScoringError):
    code = "exploration_too_costly"

    def __init__(self, *, cost: float, budget: float) -> None:
        super().__init__(f"exploration costs {cost} of {budget}")
        self.cost = cost
        self.budget = budget
