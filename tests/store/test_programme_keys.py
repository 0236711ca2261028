"""Opening a programme, issuing keys and knowing them again, on the real MongoDB."""

import secrets
from dataclasses import replace

import pytest

from offers.flows.issue_key import IssueKey, key_digest
from offers.flows.know_key import KnowKey, is_key
from offers.flows.open_programme import OpenProgramme
from offers.model.errors import SlugTaken, Unauthorized
from offers.model.programme import Scope
from offers.store.store import Store
from tests.clock import SettableClock
from tests.till_door import COFFEE


@pytest.fixture
def open_programme(store: Store, clock: SettableClock) -> OpenProgramme:
    return OpenProgramme(store, clock, secrets.token_bytes)


async def test_an_opened_programme_has_all_a_till_needs(store: Store, open_programme: OpenProgramme) -> None:
    opened = await open_programme(COFFEE)

    holder = await KnowKey(store)(opened.till_key.secret)

    assert holder.programme == opened.programme == await store.reading.programmes.by_slug("coffee")
    assert holder.outlet == opened.outlet
    assert holder.key == opened.till_key.key
    assert holder.key.scope is Scope.TILL
    assert opened.outlet.merchant_id == opened.merchant.id


async def test_a_slug_is_taken_once(store: Store, open_programme: OpenProgramme) -> None:
    await open_programme(COFFEE)

    with pytest.raises(SlugTaken):
        await open_programme(COFFEE)
    await open_programme(replace(COFFEE, slug="tea"))

    assert [programme.slug for programme in await store.reading.programmes.all()] == ["coffee", "tea"]


async def test_the_secret_is_never_kept(store: Store, open_programme: OpenProgramme) -> None:
    secret = (await open_programme(COFFEE)).till_key.secret

    document = await store.database["api_keys"].find_one({})

    assert is_key(secret)
    assert document is not None
    assert document["digest"] == key_digest(secret)
    assert secret not in repr(document)
    assert secret.removeprefix("tsk_") not in repr(document)


async def test_a_key_is_unknown_when_it_is_made_up_revoked_or_of_an_outlet_that_is_gone(
    store: Store, open_programme: OpenProgramme, clock: SettableClock
) -> None:
    opened = await open_programme(COFFEE)
    issued = await IssueKey(store, clock, secrets.token_bytes).for_till(opened.outlet, name="second")
    know_key = KnowKey(store)
    assert (await know_key(issued.secret)).key.name == "second"

    await store.reading.programmes.revoke_key(issued.key.id, at=clock())
    await store.database["outlets"].delete_many({})

    for secret in ("", "tsk_", "tsk_" + "0" * 32, issued.secret, opened.till_key.secret, issued.secret.upper()):
        with pytest.raises(Unauthorized):
            await know_key(secret)


async def test_a_key_of_the_whole_programme_has_no_outlet(
    store: Store, open_programme: OpenProgramme, clock: SettableClock
) -> None:
    opened = await open_programme(COFFEE)
    issue = IssueKey(store, clock, secrets.token_bytes)

    issued = await issue.for_programme(opened.programme.id, Scope.FEED, name="acquirer")

    holder = await KnowKey(store)(issued.secret)
    assert (holder.outlet, holder.key.scope) == (None, Scope.FEED)
