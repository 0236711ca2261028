"""Make a new card: its id, serial and Apple token are random and never change."""

from dataclasses import replace
from datetime import datetime

from offers.model.card import BlockReason, Card, CardState
from offers.model.design import MAIN_DESIGN
from offers.model.ids import CardId, Chance, MemberId, ProgrammeId, new_id
from offers.model.member import Member

_HARMLESS = {BlockReason.DAMAGED, BlockReason.ASKED}


def new_card(member: Member, at: datetime, chance: Chance) -> Card:
    """Make a member's own card, of the main design."""
    return new_card_for(member.programme_id, member.id, at, chance)


def new_card_for(
    programme_id: ProgrammeId,
    member_id: MemberId,
    at: datetime,
    chance: Chance,
    *,
    design: str = MAIN_DESIGN,
    subject: str | None = None,
) -> Card:
    """Make a card of a design. `subject` is what it is about where the design leaves that open."""
    return Card(
        id=CardId(new_id(at, chance)),
        programme_id=programme_id,
        member_id=member_id,
        serial=chance(16).hex(),
        apple_token=chance(24).hex(),
        state=CardState.ACTIVE,
        issued_at=at,
        version=1,
        last_modified=at.replace(microsecond=0),
        design=design,
        subject=subject,
        issue_key=issue_key(member_id, design, subject),
    )


def successor(old: Card, at: datetime, chance: Chance) -> Card:
    """Make the card that replaces another one: all its names and codes are new, what it is about stays."""
    made = new_card_for(old.programme_id, old.member_id, at, chance, design=old.design, subject=old.subject)
    return replace(made, code_generation=old.code_generation + 1, replaces=old.id, issue_key=old.issue_key)


def issue_key(member_id: MemberId, design: str, subject: str | None) -> str:
    """Name the one card that a member has of a design, and of what it is about."""
    return f"{member_id}:{design}:{subject or ''}"


def page_of(card: Card) -> CardId:
    """Give the card whose page a card leads to: that of its successor, unless somebody else may hold the old one."""
    if card.replaced_by is None or card.block is None or card.block.reason not in _HARMLESS:
        return card.id
    return card.replaced_by
