"""The smallest patch: merged into what was, it gives what is, and it says nothing that need not be said."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from offers.engine.smallest_patch import merged, patch_from_any, smallest_patch

PLAIN = st.one_of(st.integers(0, 3), st.sampled_from(["a", "b"]), st.booleans())
VALUES = st.recursive(
    st.one_of(PLAIN, st.lists(st.one_of(PLAIN, st.fixed_dictionaries({"id": PLAIN})), max_size=3)),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(DOCUMENTS, DOCUMENTS)
def test_merged_into_what_was_it_gives_what_is(before: dict[str, Any], now: dict[str, Any]) -> None:
    assert merged(before, smallest_patch(before, now)) == now


@given(DOCUMENTS)
def test_where_nothing_changed_there_is_nothing_to_send(same: dict[str, Any]) -> None:
    assert smallest_patch(same, same) == {}


@given(DOCUMENTS, DOCUMENTS)
def test_taking_any_field_out_of_a_patch_leaves_something_wrong(before: dict[str, Any], now: dict[str, Any]) -> None:
    patch = smallest_patch(before, now)

    for name in patch:
        less = {other: value for other, value in patch.items() if other != name}
        assert merged(before, less) != now


@given(st.lists(DOCUMENTS, min_size=1, max_size=4), DOCUMENTS)
def test_one_patch_serves_whichever_of_several_is_there(befores: list[dict[str, Any]], now: dict[str, Any]) -> None:
    patch = patch_from_any(befores, now)

    assert all(merged(before, patch) == now for before in befores)


def test_a_list_is_sent_whole_and_an_object_in_parts() -> None:
    before = {"points": {"label": "Points", "balance": {"int": 1}}, "texts": [{"id": "a"}, {"id": "b"}]}
    now = {"points": {"label": "Points", "balance": {"int": 2}}, "texts": [{"id": "a"}, {"id": "c"}]}

    assert smallest_patch(before, now) == {
        "points": {"balance": {"int": 2}},
        "texts": [{"id": "a"}, {"id": "c"}],
    }


def test_another_form_of_a_balance_takes_the_old_one_away() -> None:
    assert smallest_patch({"balance": {"int": 1}}, {"balance": {"string": "1"}}) == {
        "balance": {"int": None, "string": "1"}
    }
