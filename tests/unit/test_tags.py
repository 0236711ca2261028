"""The update tag of a device: nothing that changed is ever skipped."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.flows.card_states import NamedState
from offers.model.card import Card, CardState
from offers.model.ids import CardId, MemberId, ProgrammeId
from wallet.apple.tags import changed_since, write_tag

AT = datetime(2026, 3, 1, tzinfo=UTC)
CARDS = [
    Card(
        id=CardId(f"c{number}"),
        programme_id=ProgrammeId("p1"),
        member_id=MemberId(f"m{number}"),
        serial=f"{number:032x}",
        apple_token="t" * 48,
        state=CardState.ACTIVE,
        issued_at=AT,
        version=1,
        last_modified=AT,
    )
    for number in range(8)
]
versions = st.lists(st.integers(1, 2**31), min_size=len(CARDS), max_size=len(CARDS))


def named(cards: list[Card]) -> list[NamedState]:
    return [NamedState(card=card, name=f"v{card.version}", changed_at=AT) for card in cards]


def at_versions(numbers: list[int]) -> list[NamedState]:
    return named([replace(card, version=number) for card, number in zip(CARDS, numbers, strict=True)])


@given(versions)
def test_after_a_tag_nothing_is_new(numbers: list[int]) -> None:
    cards = at_versions(numbers)

    assert changed_since(write_tag(cards), cards) == []


@given(versions, versions)
def test_exactly_the_cards_in_another_state_changed(before: list[int], rise: list[int]) -> None:
    raised = [each + (step if step % 2 else 0) for each, step in zip(before, rise, strict=True)]

    changed = changed_since(write_tag(at_versions(before)), at_versions(raised))

    assert changed == [
        state for state, old in zip(at_versions(raised), before, strict=True) if state.card.version != old
    ]


@given(versions)
def test_a_card_added_after_the_tag_is_new(numbers: list[int]) -> None:
    cards = at_versions(numbers)

    assert changed_since(write_tag(cards[:-1]), cards) == [cards[-1]]


@pytest.mark.parametrize("tag", [None, "", "0", "v1", "AAAA", "not base64!", "кириллица", "=" * 40])
def test_a_tag_that_is_not_ours_hides_nothing(tag: str | None) -> None:
    assert changed_since(tag, named(CARDS)) == named(CARDS)
