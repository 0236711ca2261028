"""The link a member hands on: told to the office, followed on the join page, kept with who joins."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from offers.engine.card_codes import read_link_token
from offers.flows.invite_members import InviteMembers
from offers.model.member import Member
from offers.model.referral import ReferralState
from offers.model.referral_terms import ReferralTerms
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, PROGRAMME
from tests.doors.member_house import MemberHouse, open_member_house
from tests.members_door import NOBODY, MembersDoor, open_members_door

TERMS = ReferralTerms(inviter_points=200, invited_points=100, min_purchase_minor=50_000)


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[MembersDoor]:
    async with open_members_door(store, clock, referral=TERMS) as opened:
        yield opened


async def test_a_member_has_one_link_for_ever(door: MembersDoor) -> None:
    status, told = await door.as_olga("GET", door.path("referral"))
    again = await door.as_ivan("GET", door.path("referral"))
    _, other = await door.as_olga("GET", door.path("referral", door.boris))

    assert (status, again) == (200, (status, told))
    assert told["link"] == f"https://cards.example/join/{door.programme.slug}?ref={told['code']}"
    assert (told["is_offered"], told["inviter_points"], told["invited_points"]) == (True, 200, 100)
    assert (told["brought"], told["came_by"]) == ([], None)
    assert other["code"] != told["code"]


async def test_only_the_office_asks_and_only_for_its_members(door: MembersDoor) -> None:
    as_till = await door.as_till("GET", door.path("referral"))
    unknown = await door.as_olga("GET", f"/v1/members/{NOBODY}/referral")

    assert (as_till[0], as_till[1]["code"]) == (403, "wrong_scope")
    assert (unknown[0], unknown[1]["code"]) == (404, "unknown_member")


@pytest_asyncio.fixture(loop_scope="session")
async def pages(store: Store, clock: SettableClock) -> AsyncIterator[MemberHouse]:
    async with open_member_house(store, clock) as opened:
        agreed = replace(PROGRAMME, terms=replace(PROGRAMME.terms, referral=TERMS))
        await store.reading.programmes.keep(agreed)
        yield opened


async def join(pages: MemberHouse, query: str, phone: str) -> Member:
    """Open the form with a query, and send it."""
    hidden = await pages.open_form(f"/join/coffee{query}")
    answer = await pages.send(hidden | {"phone": phone, "personal_data": "yes"})
    assert answer.status == 303
    card_id = read_link_token(answer.headers["Location"].removeprefix("/c/"), CODE_KEY)
    return (await pages.tools.look_at_card.by_id(card_id)).member


async def test_the_join_page_passes_the_code_on(pages: MemberHouse, clock: SettableClock) -> None:
    inviter = await join(pages, "", "8 916 123-45-67")
    invitation = await InviteMembers(pages.store, clock, secrets.token_bytes)(PROGRAMME, inviter.id)

    member = await join(pages, f"?ref={invitation.code.upper()}&src=poster", "8 916 123-45-68")

    referral = await pages.store.reading.referrals.of_invited(member.id)
    assert referral is not None
    assert (referral.inviter_id, referral.state) == (inviter.id, ReferralState.WAITING)


async def test_an_odd_code_is_passed_over(pages: MemberHouse) -> None:
    member = await join(pages, "?ref=%3Cscript%3E&src=poster", "8 916 123-45-69")

    assert member.source == "poster"
