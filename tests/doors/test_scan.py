"""`POST /v1/scan`: a picture in, the code out."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image

from offers.store.store import Store
from tests.clock import SettableClock
from tests.pictures import code_picture, grainy, on_counter, packed, tilted, turned
from tests.till_door import TillDoor, open_till_door
from web.body import MAX_PHOTO_BYTES


@pytest_asyncio.fixture(loop_scope="session")
async def door(store: Store, clock: SettableClock) -> AsyncIterator[TillDoor]:
    async with open_till_door(store, clock) as opened:
        yield opened


async def test_a_photo_of_the_card_gives_the_code_that_resolves(door: TillDoor) -> None:
    photo = packed(grainy(tilted(turned(on_counter(code_picture(door.code)), 9))), quality=40)

    async with door.ask("POST", "/v1/scan", data=photo, headers={"Content-Type": "image/jpeg"}) as response:
        assert response.status == 200
        answered = await response.json()
    async with door.ask("POST", f"/v1/cards/{answered['code']}/resolve") as response:
        assert response.status == 200

    assert answered == {"code": door.code}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (packed(Image.new("RGB", (640, 480), "#7d7468")), 422, "no_code_in_photo"),
        (b"not a picture", 415, "not_an_image"),
        (b"", 415, "not_an_image"),
        (packed(Image.new("1", (5_000, 4_000)), "PNG"), 413, "image_too_large"),
        (b"\xff" * (MAX_PHOTO_BYTES + 1), 413, "body_too_large"),
    ],
    ids=["no code", "not a picture", "nothing", "too many pixels", "too many bytes"],
)
async def test_pictures_that_help_nobody_are_refused(door: TillDoor, content: bytes, status: int, code: str) -> None:
    async with door.ask("POST", "/v1/scan", data=BytesIO(content)) as response:
        problem = await response.json(content_type="application/problem+json")

    assert (response.status, problem["code"]) == (status, code)
