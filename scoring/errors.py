"""The expected refusals of scoring: each has a stable code and its facts; texts stand in tables beside them."""

from typing import ClassVar


class ScoringError(Exception):
    """A refusal that whoever asked can understand and mend; `code` never changes once published."""

    code: ClassVar[str]

    def facts(self) -> dict[str, object]:
        """Give what the refusal knows, by name, for texts and for machines."""
        return dict(vars(self))
