"""A till scans a card and the phone changes: the whole walk on real purchase history, every part real."""

import asyncio
import io
import subprocess
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from offers.engine.card_codes import scan_code
from offers.flows.look_at_card import CardSight
from offers.store.store import Store
from sandbox.telegram.person import Person
from service.cli.stand_ins import ISSUER_ID
from tests.journeys.retail import Retail, import_history, open_retail

# One of the best customers of the file.
BEST = "14911"
PATIENCE_S = 30


@pytest_asyncio.fixture(loop_scope="session")
async def retail(store: Store, mongo_uri: str, tmp_path: Path) -> AsyncIterator[Retail]:
    async with open_retail(store, mongo_uri, tmp_path) as opened:
        yield opened


@pytest.mark.timeout(400)
async def test_a_till_scans_a_real_customers_card_and_every_phone_changes(
    retail: Retail, tmp_path: Path, artifacts: Path
) -> None:
    said = await import_history(retail.house.settings, tmp_path, "--programme", "retail", "--enrol", ending=BEST[-2:])
    sight = await retail.customer(BEST)
    assert sight.member.counters.purchases > 100, said

    device = retail.device()
    held = await device.add(f"{retail.link(sight)}.pkpass")
    assert held.is_registered
    await save_to_google(retail, sight)
    person = await tie_telegram(retail, sight)

    with retail.stand_ins.apns.watching() as pushes:
        receipt = await settle(retail, sight)
        async with asyncio.timeout(PATIENCE_S):
            push = await anext(pushes)
    notices = await device.on_push(push.topic)

    assert push.token == device.push_token
    assert (receipt["discount_minor"], receipt["points"]) == (500, {"accrued": 4, "redeemed": 0, "balance": 4})
    shown = {field["key"]: field["value"] for _, field in device.passes[sight.card.serial].opened.fields()}
    assert (shown["balance"], shown["discount"], shown["level"]) == (4, 0.05, "Gold")
    assert [notice.text for notice in notices] == ["Points on the card: 4"]
    await check_signature(retail, sight, tmp_path)
    google = await google_balance(retail, sight, wanted=4)
    assert google["state"] == "ACTIVE"
    await person.until(lambda: any("95" in (message.text or "") for message in person.messages))
    (artifacts / "journey-telegram.txt").write_text(str(person.messages[-1].text), encoding="utf-8")
    await settle_again_changes_nothing(retail, sight, receipt)


async def settle(retail: Retail, sight: CardSight) -> dict[str, object]:
    """Scan the card, then settle a purchase of £100 at the till's API."""
    code = scan_code(sight.card.id, retail.house.code_key)
    async with retail.session.post(f"{retail.url}/v1/cards/{code}/resolve", headers=retail.till()) as response:
        assert response.status == 200, await response.text()
        assert (await response.json())["discount_bp"] == 500
    async with retail.session.post(
        f"{retail.url}/v1/checkouts", json=basket(code), headers={**retail.till(), "Idempotency-Key": "journey-1"}
    ) as response:
        assert response.status == 201, await response.text()
        receipt: dict[str, object] = await response.json()
        return receipt


def basket(code: str) -> dict[str, object]:
    return {
        "card": code,
        "order_ref": "A-17",
        "lines": [{"sku": "85123A", "category": "gifts", "quantity": "2", "unit_price_minor": 5_000}],
        "currency": "GBP",
        "points_to_redeem": 0,
    }


async def settle_again_changes_nothing(retail: Retail, sight: CardSight, receipt: dict[str, object]) -> None:
    assert await settle(retail, sight) == receipt
    async with retail.session.get(f"{retail.url}/v1/checkouts?order_ref=A-17", headers=retail.till()) as response:
        assert [each["checkout_id"] for each in (await response.json())["checkouts"]] == [receipt["checkout_id"]]


async def save_to_google(retail: Retail, sight: CardSight) -> None:
    async with retail.session.get(f"{retail.link(sight)}/google") as response:
        assert response.status == 200, await response.text()
        assert str(response.url).startswith(retail.stand_ins.google.save_url)


async def google_balance(retail: Retail, sight: CardSight, *, wanted: int) -> dict[str, object]:
    """Wait until Google's object shows the balance; it came there by a PATCH."""
    google = retail.stand_ins.google
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = google.object(f"{ISSUER_ID}.{sight.card.serial}")
            if found["loyaltyPoints"]["balance"] == {"int": wanted}:
                assert "PATCH" in {call.method for call in google.calls}
                return found
            await asyncio.sleep(0.05)


async def tie_telegram(retail: Retail, sight: CardSight) -> Person:
    person = retail.stand_ins.telegram.person(first_name="Sample", language_code="en")
    await person.send(f"/start c-{retail.link(sight).rsplit('/', 1)[1]}")
    await person.until(lambda: any(message.photo for message in person.messages), timeout_s=PATIENCE_S)
    return person


async def check_signature(retail: Retail, sight: CardSight, folder: Path) -> None:
    """Let openssl judge the pass the phone would fetch now."""
    async with retail.session.get(f"{retail.link(sight)}.pkpass") as response:
        archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    for name in ("manifest.json", "signature"):
        (folder / name).write_bytes(archive.read(name))
    verified = subprocess.run(
        [
            *("openssl", "smime", "-verify", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", "signature", "-content", "manifest.json"),
            *("-CAfile", str(retail.stand_ins.identities.root_path.resolve())),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr.decode()
