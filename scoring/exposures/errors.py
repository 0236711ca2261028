"""What keeps a log of exposures from being read, and the remedy."""

from scoring.errors import ScoringError

TEXTS: dict[str, str] = {
    "log_lacks_columns": "The log of exposures has no column {missing}. There are: {present}.",
    "log_unreadable": "{rows} rows of the log of exposures cannot be read in the column {column}; the first holds "
    "{example}.",
    "log_impossible_draw": "{rows} rows of the log name an arm that could not have been drawn, or chances that do not "
    "sum to one; the first is of {example}.",
}


class LogLacksColumns(ScoringError):
    code = "log_lacks_columns"

    def __init__(self, *, missing: str, present: str) -> None:
        super().__init__(f"no column {missing}")
        self.missing = missing
        self.present = present


class LogUnreadable(ScoringError):
    code = "log_unreadable"

    def __init__(self, *, column: str, rows: int, example: str) -> None:
        super().__init__(f"{rows} rows of {column} cannot be read: {example}")
        self.column = column
        self.rows = rows
        self.example = example


class ImpossibleDraw(ScoringError):
    code = "log_impossible_draw"

    def __init__(self, *, rows: int, example: str) -> None:
        super().__init__(f"{rows} rows could not have been drawn, the first of {example}")
        self.rows = rows
        self.example = example
