"""Importing members on the real MongoDB: each once, with one card and the consents the file proves."""

from pathlib import Path

import pytest

from offers.flows.open_programme import Opened
from offers.model.consent import Purpose
from offers.model.history import MemberFate, PurchaseFate
from offers.model.member import Birthday
from offers.model.programme import Language
from offers.store.store import Store
from service.importing.bad_rows import Reason
from service.importing.run import ImportFile, Wishes
from service.now import chance
from tests.clock import SettableClock
from tests.import_files import open_shop, write
from tests.store.imported import members_of, rejected

PROJECT = Path(__file__).resolve().parents[2]
HEADER = "member,at,order_ref,sku,category,quantity,price"


@pytest.fixture
async def shop(store: Store, clock: SettableClock) -> Opened:
    return await open_shop(store, clock)


@pytest.fixture
def importing(store: Store, clock: SettableClock, shop: Opened) -> ImportFile:
    assert shop.programme.slug == "shop"
    return ImportFile(store, clock, chance)


async def test_members_come_with_card_profile_and_proven_consents(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    header = "external_id,phone,language,birthday,consent_personal_data"
    text = f"{header}\nc1,8 912 345-67-89,en,31.05,yes\nc2,,,,no\nc3,123,,,\n"

    summary = await importing.members(write(tmp_path, text, encoding="cp1251"), Wishes())

    assert summary.members == {MemberFate.ADDED: 2}
    assert rejected(summary) == {4: Reason.BAD_PHONE.value}
    members = {member.external_id: member for member in await members_of(store)}
    first = members["c1"]
    assert (first.phone, first.language, first.birthday) == ("+79123456789", Language.EN, Birthday(month=5, day=31))
    assert await store.database["cards"].count_documents({}) == 2
    (consent,) = await store.reading.consents.of_member(first.id)
    assert (consent.purpose, consent.granted, consent.proof) == (Purpose.PERSONAL_DATA, True, "import:file.csv:2")
    (refusal,) = await store.reading.consents.of_member(members["c2"].id)
    assert refusal.granted is False


async def test_members_imported_twice_are_there_once(store: Store, importing: ImportFile, tmp_path: Path) -> None:
    rows = "".join(f"c{n},+7912{n:07d}\n" for n in range(1_200))
    path = write(tmp_path, f"external_id,phone\n{rows}")
    first = await importing.members(path, Wishes())

    again = await importing.members(path, Wishes())

    assert (first.members, again.members) == ({MemberFate.ADDED: 1_200}, {MemberFate.ALREADY_THERE: 1_200})
    assert await store.database["members"].count_documents({}) == 1_200
    assert await store.database["cards"].count_documents({}) == 1_200


async def test_twins_within_a_file_and_contacts_of_others_are_refused(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    await importing.members(write(tmp_path, "external_id,phone\na,+79120000001\nb,+79120000002\n"), Wishes())
    rows = ["c,+79120000003", "c,", "d,89120000003", "a,+79120000002", "e,+79120000001", "a,+79120000009"]

    summary = await importing.members(write(tmp_path, "\n".join(["external_id,phone", *rows])), Wishes())

    assert rejected(summary) == {
        3: Reason.DUPLICATE_MEMBER.value,
        4: Reason.DUPLICATE_MEMBER.value,
        5: Reason.CONTACT_TAKEN.value,
        6: Reason.CONTACT_TAKEN.value,
        7: Reason.DUPLICATE_MEMBER.value,
    }
    assert {member.external_id for member in await members_of(store)} == {"a", "b", "c"}


async def test_only_what_a_known_member_lacks_is_filled_in(store: Store, importing: ImportFile, tmp_path: Path) -> None:
    await importing.transactions(write(tmp_path, f"{HEADER}\nc1,2026-03-01,A1,s,k,1,10\n"), Wishes(enrol=True))
    path = write(tmp_path, "external_id,phone,birthday,language\nc1,+79120000001,1990-05-31,en\n")

    first = await importing.members(path, Wishes())
    again = await importing.members(path, Wishes())

    assert (first.members, again.members) == ({MemberFate.COMPLETED: 1}, {MemberFate.ALREADY_THERE: 1})
    (member,) = await members_of(store)
    assert (member.phone, member.birthday) == ("+79120000001", Birthday(month=5, day=31, year=1990))
    assert (member.language, member.counters.purchases) == (Language.RU, 1)


async def test_purchases_named_by_phone_reach_the_member_of_that_phone(
    store: Store, importing: ImportFile, tmp_path: Path
) -> None:
    await importing.members(write(tmp_path, "external_id,phone\nc1,+79120000001\n"), Wishes())
    rows = "phone,at,amount\n8 912 000-00-01,2026-03-01,10\n89120000001,2026-03-01,10\n"

    summary = await importing.transactions(write(tmp_path, rows), Wishes())

    assert summary.purchases == {PurchaseFate.ADDED: 2}
    (member,) = await members_of(store)
    assert (member.counters.purchases, member.counters.spend_minor) == (2, 2_000)
