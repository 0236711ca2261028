"""The question whether Google lets us work, and the one thing to mend when it does not."""

from tests.doors.google_bench import CLASS_ID, EMAIL, ISSUER, GoogleBench, card_of, code_of
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done
from wallet.google.probe import probe_issuer


async def test_an_account_that_is_not_invited_is_named_with_its_mend(with_card: GoogleBench) -> None:
    with_card.google.accounts.invite(EMAIL, invited=False)

    (finding,) = await probe_issuer(with_card.client, issuer_id=ISSUER)
    refused = await with_card.client.patch(Kind.OBJECT, card_of())

    assert finding.code == "google_not_invited"
    assert EMAIL in finding.text
    assert "Users" in finding.text
    assert code_of(refused) == "permission_denied"
    with_card.google.accounts.invite(EMAIL, invited=True)
    assert isinstance(await with_card.client.patch(Kind.OBJECT, card_of()), Done)


async def test_the_probe_tells_one_fault_from_another(with_card: GoogleBench) -> None:
    async def told() -> list[str]:
        return [each.code for each in await probe_issuer(with_card.client, issuer_id=ISSUER)]

    assert await told() == ["google_issuer_ready"]
    assert [each.code for each in await probe_issuer(with_card.client, issuer_id="")] == ["google_issuer_missing"]
    classes = [CLASS_ID, f"{ISSUER}.vip"]
    both = await probe_issuer(with_card.client, issuer_id=ISSUER, class_ids=classes)
    assert [each.code for each in both] == ["google_issuer_ready", "google_class_missing"]
    with_card.google.fail(status=403, reason="accessNotConfigured")
    assert await told() == ["google_api_disabled"]
    with_card.google.fail(status=503)
    assert await told() == ["google_unreachable"]
    with_card.google.fail(status=418)
    assert await told() == ["google_odd_answer"]
    with_card.google.accounts.revoke_tokens()
    with_card.google.accounts._public_keys.clear()
    assert await told() == ["google_token_refused"]
