"""What keeps members from being clustered."""

from scoring.errors import ScoringError

TEXTS: dict[str, str] = {
    "too_few_to_cluster": "{members} members are too few for clusters; {needed} are needed. The named segments work "
    "with any number.",
}


class TooFewToCluster(ScoringError):
    code = "too_few_to_cluster"

    def __init__(self, *, members: int, needed: int) -> None:
        super().__init__(f"{members} members, {needed} needed")
        self.members = members
        self.needed = needed
