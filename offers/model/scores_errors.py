"""What keeps scores from being published or read."""

from offers.model.errors import OfferError


class ScoresIncomplete(OfferError):
    code = "scores_incomplete"

    def __init__(self, *, kept: int, expected: int) -> None:
        super().__init__(f"{kept} rows of {expected} are there")
        self.kept = kept
        self.expected = expected


class NoScores(OfferError):
    code = "no_scores"

    def __init__(self) -> None:
        super().__init__("no scores were published yet")
