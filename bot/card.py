"""What the bot shows of a card: a pure function of the nouns."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from offers.engine.card_codes import link_token, scan_code
from offers.engine.levels import level_of, next_level
from offers.engine.lots import available
from offers.flows.look_at_card import CardSight
from offers.model.card import CardState
from offers.model.programme import CardDesign, Language

STAMP_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """Texts are in the member's language. `missing_minor` is what leads to the next level, 0 at the top."""

    language: Language
    programme_name: str
    currency: str
    design: CardDesign
    scan_code: str
    link_token: str
    state: CardState
    balance: int
    discount_bp: int
    level_name: str | None
    next_level_name: str | None
    next_discount_bp: int
    missing_minor: int

    @property
    def stamp(self) -> str:
        """Changes whenever the picture or its caption would; short enough for the data of a button."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:STAMP_LENGTH]


def member_card(sight: CardSight, *, code_key: bytes, at: datetime) -> MemberCard:
    programme, member = sight.programme, sight.member
    spend_minor = member.counters.spend_minor
    level = level_of(programme.terms, spend_minor)
    ahead = next_level(programme.terms, spend_minor)
    return MemberCard(
        language=member.language,
        programme_name=programme.name(member.language),
        currency=programme.currency,
        design=programme.design,
        scan_code=scan_code(sight.card.id, code_key),
        link_token=link_token(sight.card.id, code_key),
        state=sight.card.state,
        balance=available(sight.account, at) if sight.account else 0,
        discount_bp=level.discount_bp if level else 0,
        level_name=level.name(member.language) if level else None,
        next_level_name=ahead.name(member.language) if ahead else None,
        next_discount_bp=ahead.discount_bp if ahead else 0,
        missing_minor=ahead.spend_threshold_minor - spend_minor if ahead else 0,
    )
