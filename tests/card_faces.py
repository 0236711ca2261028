"""Cards of every kind for tests: the nouns behind them, and what their faces show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from offers.engine.card_face import CardFace, card_face
from offers.engine.coupons import availability
from offers.engine.face_values import CardNouns
from offers.engine.starter_designs import starter_design
from offers.model.card import Announcement, Card, CardState
from offers.model.coupon import Binding, Coupon, CouponId, Every, Recurrence
from offers.model.design import CardDesign, CardKind
from offers.model.held_level import LevelStanding
from offers.model.ids import CardId, LotId, MemberId, OfferId
from offers.model.layer import Layer
from offers.model.ledger import POINTS, Account, Lot
from offers.model.member import Counters, Member
from offers.model.programme import Language, LocalText
from offers.model.stamps import StampCard
from tests.coffee_house import CODE_KEY, PROGRAMME

AT = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
CARD = Card(
    id=CardId("06cqk3n8w2x5z7b9d1f4"),
    programme_id=PROGRAMME.id,
    member_id=MemberId("m1"),
    serial="0123456789abcdef" * 2,
    apple_token="t" * 48,
    state=CardState.ACTIVE,
    issued_at=AT - timedelta(days=30),
    version=3,
    last_modified=AT - timedelta(hours=1),
    announcement=Announcement.BALANCE,
)
MEMBER = Member(
    id=CARD.member_id,
    programme_id=PROGRAMME.id,
    language=Language.RU,
    source="test",
    enrolled_at=AT - timedelta(days=400),
    phone="+79990000001",
    counters=Counters(purchases=12, spend_minor=1_880_050),
)
COFFEE = Coupon(
    id=CouponId("c1"),
    programme_id=PROGRAMME.id,
    owner=MEMBER.id,
    grant_key="g1",
    binding=Binding.HARD,
    offer_id="visits",
    campaign=None,
    title=LocalText(ru="Десять чашек", en="Ten cups"),
    recurrence=Recurrence(every=Every.ONCE, zone=PROGRAMME.zone, uses_per_period=10),
    valid_from=AT - timedelta(days=10),
    valid_until=AT + timedelta(days=20),
    extend_days=14,
    granted_at=AT - timedelta(days=10),
)
STAMPS = StampCard(
    offer_id=OfferId(f"{PROGRAMME.id}.sixth"),
    title=LocalText(ru="Шестой кофе в подарок", en="The sixth coffee is on us"),
    collected=4,
    needed=6,
)


def holding(amount: int, currency: str = POINTS) -> Account:
    """Make an account of one lot that runs out in a hundred days."""
    lot = Lot(
        id=LotId("l1"),
        issued=amount,
        remaining=amount,
        active_from=AT - timedelta(days=5),
        expires_at=AT + timedelta(days=100),
        funder="",
    )
    return Account(
        member_id=MEMBER.id, programme_id=PROGRAMME.id, currency=currency, balance=amount, lots=(lot,) if amount else ()
    )


def nouns_of(kind: CardKind = CardKind.BONUS, **changes: Any) -> CardNouns:
    """Give what stands behind a card of a kind; `changes` replace single nouns."""
    made: dict[str, Any] = {
        "programme": PROGRAMME,
        "design": starter_design(PROGRAMME.id, kind),
        "member": MEMBER,
        "card": CARD,
        "account": holding(145),
        "standing": LevelStanding(spend_minor=MEMBER.counters.spend_minor),
        "prepaid": holding(150_050, PROGRAMME.currency),
        "stamps": (STAMPS,),
        "coupons": ((COFFEE, availability(COFFEE, AT)),),
    }
    return CardNouns(**{**made, **changes})


def face_of_kind(
    kind: CardKind = CardKind.BONUS, *, layers: tuple[Layer, ...] = (), at: datetime = AT, **changes: Any
) -> CardFace:
    return card_face(nouns_of(kind, **changes), layers=layers, code_key=CODE_KEY, at=at)


def announcing(announcement: Announcement) -> Card:
    return replace(CARD, announcement=announcement)


def designed(design: CardDesign, **changes: Any) -> CardFace:
    return face_of_kind(design.kind, design=design, **changes)
