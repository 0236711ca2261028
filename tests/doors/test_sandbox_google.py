"""The Google stand-in behaves as Google does where the client cannot tell."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.doors.google_bench import CLASS_ID, ISSUER, OBJECT_ID, GoogleBench, card_of
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done
from wallet.google.save_link import SavedCard, save_link


async def test_a_patch_merges_fields_and_replaces_arrays(with_card: GoogleBench) -> None:
    texts = [{"id": "a", "header": "A", "body": "a"}, {"id": "b", "header": "B", "body": "b"}]
    await with_card.client.patch(Kind.OBJECT, card_of(textModulesData=texts))

    await with_card.client.patch(Kind.OBJECT, {"id": OBJECT_ID, "textModulesData": texts[:1]})

    kept = with_card.google.object(OBJECT_ID)
    assert kept["textModulesData"] == texts[:1]
    assert kept["loyaltyPoints"]["label"] == "Points"


async def test_a_class_is_approved_at_once_and_a_get_shows_it(with_card: GoogleBench) -> None:
    outcome = await with_card.client.get(Kind.OBJECT, OBJECT_ID)

    assert isinstance(outcome, Done)
    assert outcome.body["classReference"]["reviewStatus"] == "APPROVED"


async def test_an_update_that_changes_nothing_rings_nobody(with_card: GoogleBench) -> None:
    with with_card.google.watching() as changes:
        await with_card.client.put(Kind.OBJECT, card_of(10, notifyPreference="NOTIFY_ON_UPDATE"))
        await with_card.client.put(Kind.OBJECT, card_of(11, notifyPreference="NOTIFY_ON_UPDATE"))

        assert [(await anext(changes)).notified for _ in range(2)] == [False, True]


async def test_a_save_link_puts_the_card_on_the_phone(with_card: GoogleBench) -> None:
    link = save_link(
        identity=with_card.identity,
        cards=[SavedCard(kind=Kind.OBJECT, id=OBJECT_ID)],
        origins=["https://cards.example"],
        at=with_card.clock(),
        save_url=with_card.google.save_url,
    )

    async with with_card.session.get(link) as page:
        assert page.status == 200
        assert OBJECT_ID in await page.text()
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is True
    await with_card.client.put(Kind.OBJECT, card_of(12))
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is True


async def test_a_save_link_signed_by_a_stranger_saves_nothing(with_card: GoogleBench) -> None:
    stranger = replace(with_card.identity, private_key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    link = save_link(
        identity=stranger,
        cards=[SavedCard(kind=Kind.OBJECT, id=OBJECT_ID)],
        origins=["https://cards.example"],
        at=with_card.clock(),
        save_url=with_card.google.save_url,
    )

    async with with_card.session.get(link, headers={"Accept-Language": "ru"}) as page:
        assert page.status == 400
        assert "Произошла ошибка" in await page.text()
    assert with_card.google.object(OBJECT_ID)["hasUsers"] is False


async def test_cards_of_a_class_are_listed_in_pages(with_card: GoogleBench) -> None:
    for number in range(4):
        await with_card.client.insert(Kind.OBJECT, card_of(id=f"{ISSUER}.more{number}"))
    headers = {"Authorization": f"Bearer {await with_card.tokens.bearer()}"}
    query = {"classId": CLASS_ID, "maxResults": "3"}

    async with with_card.session.get(
        f"{with_card.google.api_url}/loyaltyObject", params=query, headers=headers
    ) as first:
        page = await first.json()
    query["token"] = page["pagination"]["nextPageToken"]
    async with with_card.session.get(
        f"{with_card.google.api_url}/loyaltyObject", params=query, headers=headers
    ) as last:
        rest = await last.json()

    assert len(page["resources"]) == 3
    assert len(rest["resources"]) == 2
    assert "nextPageToken" not in rest["pagination"]
