"""A share of members by the ends of their ids: as many as asked for, wherever the range begins."""

import pytest

from offers.model.ids import ID_LENGTH, crockford
from offers.store.some_members import some_members

ENDINGS = [crockford(number, 3) for number in range(32**3)]


def chosen(share: float, name: str) -> list[str]:
    """Give the endings a condition means, told as MongoDB tells them: strings compare byte by byte."""
    condition = some_members(share, name=name)
    if not condition:
        return ENDINGS
    ((both, (from_first, before_end)),) = condition["$expr"].items()
    ending, first = from_first["$gte"]
    assert ending == {"$substrCP": ["$member_id", ID_LENGTH - 3, 3]}
    _, end = before_end["$lt"]
    if both == "$and":
        return [each for each in ENDINGS if first <= each < end]
    return [each for each in ENDINGS if each >= first or each < end]


@pytest.mark.parametrize("name", [f"run-{number}" for number in range(20)])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.99999, 1.0, 7.5])
def test_a_share_is_as_many_endings_as_it_says(share: float, name: str) -> None:
    assert len(chosen(share, name)) == pytest.approx(min(share, 1.0) * len(ENDINGS), abs=1)


def test_another_name_means_other_members() -> None:
    first, second = set(chosen(0.1, "run-1")), set(chosen(0.1, "run-2"))

    assert first != second
    assert set(chosen(0.1, "run-1")) == first
