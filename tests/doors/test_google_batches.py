"""Many requests in one: each part is answered for itself, and counts towards the issuer's quota."""

from datetime import timedelta
from http import HTTPMethod

from tests.doors.google_bench import ISSUER, OBJECT_ID, GoogleBench, card_of, sent
from wallet.google.batch import CONTENT_TYPE, Part, write_batch
from wallet.google.kinds import Kind
from wallet.google.outcomes import Done


async def test_more_than_twenty_a_second_are_answered_429(with_card: GoogleBench) -> None:
    with_card.google.quota.per_second = 20
    with_card.clock.move(timedelta(seconds=2))

    outcomes = [await with_card.client.patch(Kind.OBJECT, card_of(number)) for number in range(20)]
    with_card.google.quota.per_second = 20
    status, refusal = await sent(with_card, "GET", f"loyaltyObject/{OBJECT_ID}", None)

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert (status, refusal["error"]["errors"][0]["reason"]) == (429, "rateLimitExceeded")
    with_card.clock.move(timedelta(seconds=1))
    assert (await sent(with_card, "GET", f"loyaltyObject/{OBJECT_ID}", None))[0] == 200
    assert with_card.google.quota.breaches == 1


async def test_the_parts_of_a_batch_count_one_by_one(with_card: GoogleBench) -> None:
    with_card.clock.move(timedelta(seconds=2))
    with_card.google.quota.per_second = 3
    path = f"/walletobjects/v1/loyaltyObject/{OBJECT_ID}"
    parts = [Part(method=HTTPMethod.PATCH, path=path, body=card_of(number)) for number in range(5)]

    answered = await _batch(with_card, write_batch(parts))

    assert answered.count("HTTP/1.1 200 OK") == 3
    assert answered.count("HTTP/1.1 429 Too Many Requests") == 2
    assert with_card.google.object(OBJECT_ID)["loyaltyPoints"]["balance"] == {"int": 2}


async def test_each_part_of_a_batch_is_answered_for_itself(with_card: GoogleBench) -> None:
    path = "/walletobjects/v1/loyaltyObject"
    parts = [
        Part(method=HTTPMethod.PATCH, path=f"{path}/{OBJECT_ID}", body=card_of(7)),
        Part(method=HTTPMethod.PATCH, path=f"{path}/{ISSUER}.nobody", body={"state": "ACTIVE"}),
        Part(method=HTTPMethod.POST, path=path, body=card_of()),
    ]

    answered = await _batch(with_card, write_batch(parts))

    statuses = [line.split()[1] for line in answered.splitlines() if line.startswith("HTTP/1.1")]
    assert statuses == ["200", "404", "409"]
    assert [line for line in answered.splitlines() if line.startswith("Content-ID")] == [
        f"Content-ID: <response-{number}>" for number in range(3)
    ]


async def test_a_batch_of_a_hundred_and_one_parts_is_refused(with_card: GoogleBench) -> None:
    hundred = write_batch(
        [Part(method=HTTPMethod.GET, path=f"/walletobjects/v1/loyaltyObject/{OBJECT_ID}", body={})] * 100
    )
    more = hundred.replace(
        b"--tessera-batch--", hundred.partition(b"\r\n--tessera-batch\r\n")[0] + b"\r\n--tessera-batch--"
    )

    assert (await _batch(with_card, hundred)).count("HTTP/1.1 200") == 100
    assert "between 1 and 100" in await _batch(with_card, more, status=400)
    assert "between 1 and 100" not in await _batch(with_card, b"rubbish", status=400, content_type="text/plain")


async def _batch(bench: GoogleBench, raw: bytes, *, status: int = 200, content_type: str = CONTENT_TYPE) -> str:
    headers = {"Authorization": f"Bearer {await bench.tokens.bearer()}", "Content-Type": content_type}
    async with bench.session.post(bench.google.batch_url, data=raw, headers=headers) as answer:
        assert answer.status == status
        return await answer.text()
