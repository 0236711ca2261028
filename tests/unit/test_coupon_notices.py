"""What a member reads of their coupons, in both languages."""

from datetime import UTC, datetime

import pytest

from bot.coupon_notices import coupon_notice
from offers.flows.coupon_news import coupon_facts
from offers.model.coupon import CouponId
from offers.model.events import AnyCouponEvent, CouponActiveAgain, CouponGranted, CouponRedeemed, CouponReturned
from offers.model.ids import MemberId, ProgrammeId
from offers.model.programme import Language, LocalText, Programme, Terms

AT = datetime(2026, 1, 15, tzinfo=UTC)
FEBRUARY = datetime(2026, 1, 31, 21, 0, tzinfo=UTC)  # midnight in Moscow
PROGRAMME = Programme(
    id=ProgrammeId("p1"),
    slug="coffee",
    name=LocalText(ru="Кофейня", en="Coffee house"),
    currency="RUB",
    zone="Europe/Moscow",
    terms=Terms(),
)


def common(until: datetime | None = None) -> dict[str, object]:
    return {
        "key": "k",
        "programme_id": PROGRAMME.id,
        "member_id": MemberId("m1"),
        "at": AT,
        "coupon_id": CouponId("c1"),
        "title_ru": "Кофе",
        "title_en": "Coffee",
        "until": until,
    }


CASES: list[tuple[AnyCouponEvent, str, str]] = [
    (
        CouponGranted(**common(FEBRUARY), uses_left=1),  # type: ignore[arg-type] # fields of a test
        "🎁 Для вас купон: Кофе.\nДействует до 31 января включительно.",
        "🎁 A coupon for you: Coffee.\nValid until 31 January inclusive.",
    ),
    (
        CouponGranted(  # type: ignore[arg-type] # fields of a test
            **common(), uses_left=1, reason_ru="Мы по вам скучали.", reason_en="We have missed you."
        ),
        "🎁 Для вас купон: Кофе.\nМы по вам скучали.",
        "🎁 A coupon for you: Coffee.\nWe have missed you.",
    ),
    (
        CouponRedeemed(**common(), uses_left=0, again_at=FEBRUARY),  # type: ignore[arg-type] # fields of a test
        "Купон «Кофе» применён.\nСнова будет доступен с 1 февраля.",
        "Your coupon “Coffee” was used.\nIt can be used again from 1 February on.",
    ),
    (
        CouponRedeemed(**common(), uses_left=2, again_at=FEBRUARY),  # type: ignore[arg-type] # fields of a test
        "Купон «Кофе» применён.\nОсталось 2 применения.",
        "Your coupon “Coffee” was used.\n2 uses left.",
    ),
    (
        CouponRedeemed(**common(), uses_left=0, again_at=None),  # type: ignore[arg-type] # fields of a test
        "Купон «Кофе» применён.",
        "Your coupon “Coffee” was used.",
    ),
    (
        CouponActiveAgain(**common(), occurrence="2026-02"),  # type: ignore[arg-type] # fields of a test
        "🎁 Купон «Кофе» снова можно применить.",
        "🎁 Your coupon “Coffee” can be used again.",
    ),
    (
        CouponReturned(**common(), uses_left=1),  # type: ignore[arg-type] # fields of a test
        "Купон «Кофе» снова ваш: покупка возвращена.",
        "Your coupon “Coffee” is yours again: the purchase was returned.",
    ),
]


@pytest.mark.parametrize(("event", "russian", "english"), CASES)
def test_every_event_of_a_coupon_has_its_words(event: AnyCouponEvent, russian: str, english: str) -> None:
    facts = coupon_facts(event)

    assert coupon_notice(type(event).__name__, facts, PROGRAMME, Language.RU) == russian
    assert coupon_notice(type(event).__name__, facts, PROGRAMME, Language.EN) == english


def test_what_is_no_coupon_is_not_spoken_of() -> None:
    assert coupon_notice("PurchaseSettled", {}, PROGRAMME, Language.EN) is None
