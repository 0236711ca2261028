"""Traits that no price may depend on, wherever it is decided."""

from collections.abc import Iterable

PROTECTED = frozenset(
    {
        "age", "birth_date", "birthday", "birthplace", "citizenship", "disability", "ethnicity", "first_name", "gender",
        "health", "last_name", "marital_status", "nationality", "political_views", "pregnancy", "race", "religion",
        "sex", "sexual_orientation", "surname", "trade_union",
    }
)  # fmt: skip
"""The protected grounds of the EU's anti-discrimination law and special categories of personal data (GDPR article 9,
Russian law 152-FZ article 10), and names that tell them."""
_SEPARATORS = str.maketrans(dict.fromkeys(":-. /=", "_"))


def protected_among(names: Iterable[str]) -> list[str]:
    """Give those that are a protected trait, also as part of a name (`member_gender`, `age:18-25`)."""
    return sorted({name for name in names if _is_protected(name)})


def _is_protected(name: str) -> bool:
    spaced = f"_{name.lower().translate(_SEPARATORS)}_"
    return any(f"_{word}_" in spaced for word in PROTECTED)
