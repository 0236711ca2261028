"""Layers over a design: what shows at an instant, whatever the order in which they were put."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.engine.card_look import look_of, ranked, state_key
from offers.engine.layer_turns import layer_faults, turn_after
from offers.model.card import Announcement
from offers.model.design import CardDesign
from offers.model.ids import CardId
from offers.model.layer import Layer, LayerColours, LayerId, LayerParts, LayerScope
from offers.model.programme import LocalText
from tests.card_faces import AT, CARD, face_of_kind
from tests.coffee_house import DESIGN, PROGRAMME

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
TEXT = LocalText(ru="Счастливый час", en="Happy hour")


def layer(number: int = 1, **changes: object) -> Layer:
    made = Layer(
        id=LayerId(f"l{number:02}"),
        programme_id=PROGRAMME.id,
        cause_key=f"cause-{number}",
        scope=LayerScope.EVERYBODY,
        starts_at=AT - HOUR,
        ends_at=AT + HOUR,
        parts=LayerParts(banner=f"{number:064}"),
        created_at=AT - 2 * HOUR,
    )
    return replace(made, **changes)  # type: ignore[arg-type] -- the tests name real fields


@pytest.mark.parametrize(
    ("moved", "is_on"),
    [
        (-HOUR - timedelta(microseconds=1), False),
        (-HOUR, True),
        (HOUR - timedelta(microseconds=1), True),
        (HOUR, False),
    ],
)
def test_a_layer_is_on_from_its_start_until_before_its_end(moved: timedelta, *, is_on: bool) -> None:
    look = look_of(DESIGN, [layer()], at=AT + moved)

    assert (look.images.banner is not None) is is_on


def test_after_its_end_the_design_shows_as_if_nothing_had_been() -> None:
    assert look_of(DESIGN, [layer()], at=AT + HOUR) == look_of(DESIGN, at=AT)


def test_the_higher_priority_shows_then_the_later_start_then_the_greater_id() -> None:
    usual, strong = layer(1), layer(2, priority=60, starts_at=AT - 3 * HOUR)
    later, twin = layer(3, starts_at=AT - HOUR / 2), layer(4, starts_at=AT - HOUR / 2)

    order = [each.id for each in ranked([usual, strong, later, twin], design="main", at=AT)]

    assert order == ["l02", "l04", "l03", "l01"]


def test_parts_that_layers_do_not_share_are_shown_together() -> None:
    banner = layer(1, priority=90)
    text = layer(2, parts=LayerParts(text=TEXT, discount_bp=2_000))
    colours = layer(3, parts=LayerParts(banner="f" * 64, colours=LayerColours(background="#000000")))

    look = look_of(DESIGN, [banner, text, colours], at=AT)

    assert look.images.banner == banner.parts.banner
    assert (look.text, look.discount_bp) == (TEXT, 2_000)
    assert (look.colours.background, look.colours.label) == ("#000000", DESIGN.colours.label)


def test_a_layer_for_another_design_does_not_show() -> None:
    assert look_of(DESIGN, [layer(design="gift")], at=AT).layers == ()


def test_a_layer_ended_early_is_off_from_that_instant() -> None:
    ended = layer(ended_at=AT)

    assert (ended.is_on(AT - timedelta(seconds=1)), ended.is_on(AT)) == (True, False)


layers = st.lists(
    st.builds(
        lambda number, priority, start, length: layer(
            number, priority=priority, starts_at=AT + start * HOUR, ends_at=AT + (start + length) * HOUR
        ),
        st.integers(1, 9),
        st.integers(0, 3),
        st.integers(-3, 3),
        st.integers(1, 4),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


@given(layers, st.randoms(use_true_random=False), st.integers(-5, 8))
def test_the_order_in_which_layers_are_read_decides_nothing(held: list[Layer], dice: object, hour: int) -> None:
    shuffled = held.copy()
    dice.shuffle(shuffled)  # type: ignore[attr-defined] -- Hypothesis's own Random

    assert look_of(DESIGN, held, at=AT + hour * HOUR) == look_of(DESIGN, shuffled, at=AT + hour * HOUR)


@given(layers, st.integers(-5, 8))
def test_a_cards_state_has_another_name_exactly_when_other_layers_are_on(held: list[Layer], hour: int) -> None:
    then = AT + hour * HOUR

    same = state_key(PROGRAMME, DESIGN, CARD, held, at=AT) == state_key(PROGRAMME, DESIGN, CARD, held, at=then)

    assert same is (look_of(DESIGN, held, at=AT).layers == look_of(DESIGN, held, at=then).layers)


@given(layers)
def test_turns_are_exactly_where_a_layer_comes_on_or_goes_off(held: list[Layer]) -> None:
    for each in held:
        first = turn_after(each, AT - 100 * HOUR)
        second = turn_after(each, each.starts_at)

        assert (first, second) == (each.starts_at, each.ends_at)
        assert turn_after(each, AT + 100 * HOUR) is None


def test_what_else_changes_a_card_gives_its_state_another_name() -> None:
    def named(design: CardDesign = DESIGN, version: int = 3) -> str:
        return state_key(PROGRAMME, design, replace(CARD, version=version), (), at=AT)

    assert len({named(), named(version=4), named(replace(DESIGN, edition=2))}) == 3


def test_a_text_that_came_on_after_the_cards_own_change_is_what_the_lock_screen_says() -> None:
    text = layer(parts=LayerParts(text=TEXT), starts_at=AT - HOUR / 2)

    face = face_of_kind(layers=(text,))

    (told,) = [each for each in face.fields if each.announces]
    assert (face.announcement, told.key) == (Announcement.NEWS, "news")
    before = face_of_kind(layers=(replace(text, starts_at=CARD.last_modified - HOUR),))
    assert before.announcement is Announcement.BALANCE


def test_a_layers_discount_is_what_the_card_shows() -> None:
    face = face_of_kind(layers=(layer(parts=LayerParts(discount_bp=3_000)),))

    assert face.discount_bp == 3_000


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ends_at": AT - 2 * HOUR}, ("/ends_at", "ends_first")),
        ({"ends_at": AT}, ("/ends_at", "over_already")),
        ({"scope": LayerScope.SEGMENT}, ("/segment", "unknown_segment")),
        ({"scope": LayerScope.CARD}, ("/card_id", "unknown_card_target")),
        ({"parts": LayerParts()}, ("", "nothing_shown")),
        ({"parts": LayerParts(text=LocalText(ru="Да", en=" "))}, ("/text/en", "text_missing")),
        ({"parts": LayerParts(text=LocalText(ru="Да" * 300, en="Yes"))}, ("/text/ru", "text_too_long")),
        ({"parts": LayerParts(discount_bp=10_001)}, ("/discount_bp", "bad_discount")),
        ({"parts": LayerParts(colours=LayerColours(label="red"))}, ("/colours/label", "bad_colour")),
        ({"parts": LayerParts(colours=LayerColours(background="#fff6e8"))}, ("/colours/foreground", "low_contrast")),
    ],
)
def test_what_is_wrong_with_a_layer_is_named_where_it_stands(
    changes: dict[str, object], fault: tuple[str, str]
) -> None:
    found = layer_faults(layer(**changes), DESIGN, at=AT)

    assert fault in [(each.pointer, each.code) for each in found]


def test_a_layer_as_it_should_be_has_no_fault() -> None:
    assert layer_faults(layer(card_id=CardId("c"), scope=LayerScope.CARD), DESIGN, at=AT) == []
