"""What keeps uplift from being scored, and the remedy."""

from scoring.errors import ScoringError

TEXTS: dict[str, str] = {
    "empty_table": "{file} has no rows.",
    "missing_column": "There is no column {column} in {file}; it has: {present}.",
    "no_control": "No row has {value} in the column {column}; it holds: {present}.",
    "one_arm": "All rows have the same value in the column {column}: an uplift needs members with and without.",
    "outcome_not_a_number": "The column {column} has to hold a number, or true and false, in every row; {rows} do not.",
    "outcome_never_varies": "The column {column} is {value} in every row: there is nothing to tell members apart by.",
    "too_few_outcomes": "Only {outcomes} of the members that an arm is compared on had the outcome, {needed} are "
    "needed "
    "to say whom it changes. Until then send to members drawn at random.",
    "no_traits": "No column is left that is known before the treatment and in both files.",
    "unreadable_table": "{file} cannot be read as CSV or Parquet: {words}",
}


class EmptyTable(ScoringError):
    code = "empty_table"

    def __init__(self, *, file: str) -> None:
        super().__init__(f"{file} has no rows")
        self.file = file


class MissingColumn(ScoringError):
    code = "missing_column"

    def __init__(self, *, column: str, file: str, present: str) -> None:
        super().__init__(f"no column {column} in {file}")
        self.column = column
        self.file = file
        self.present = present


class NoControl(ScoringError):
    code = "no_control"

    def __init__(self, *, column: str, value: str, present: str) -> None:
        super().__init__(f"no row has {value} in {column}")
        self.column = column
        self.value = value
        self.present = present


class OneArm(ScoringError):
    code = "one_arm"

    def __init__(self, *, column: str) -> None:
        super().__init__(f"only one arm in {column}")
        self.column = column


class OutcomeNotANumber(ScoringError):
    code = "outcome_not_a_number"

    def __init__(self, *, column: str, rows: int) -> None:
        super().__init__(f"{rows} rows of {column} are no numbers")
        self.column = column
        self.rows = rows


class OutcomeNeverVaries(ScoringError):
    code = "outcome_never_varies"

    def __init__(self, *, column: str, value: str) -> None:
        super().__init__(f"{column} is {value} everywhere")
        self.column = column
        self.value = value


class TooFewOutcomes(ScoringError):
    code = "too_few_outcomes"

    def __init__(self, *, outcomes: int, needed: int) -> None:
        super().__init__(f"{outcomes} outcomes, {needed} needed")
        self.outcomes = outcomes
        self.needed = needed


class NoTraits(ScoringError):
    code = "no_traits"

    def __init__(self) -> None:
        super().__init__("no trait is left to learn from")


class UnreadableTable(ScoringError):
    code = "unreadable_table"

    def __init__(self, *, file: str, words: str) -> None:
        super().__init__(f"{file}: {words}")
        self.file = file
        self.words = words
