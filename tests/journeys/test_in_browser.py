"""A till scans a card and the phone changes, seen with a person's eyes: the whole walk in Chromium."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect
from pydantic import SecretStr
from pymongo import AsyncMongoClient

from offers.flows.look_at_card import CardSight
from sandbox.phone.page.server import PhonePage
from sandbox.phone.surroundings import Owner
from sandbox.sample.load import SLUG
from service.settings import MongoSettings
from tests.cashier import COUNTER, PHONE, sign_in, type_code
from tests.journeys.coffee import Coffee, open_coffee

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
DESKTOP = {"width": 1480, "height": 1000}
FIRST, SECOND, REDEEMED = 600, 400, 50
WORDS = {
    "ru": {
        "points": "Баллов на карте: {n}",
        "tied": "Теперь этот чат привязан к вашей карте.",
        "found": "Мы нашли вашу карту. С возвращением!",
        "balance": "Баланс: {n} балл",
        "telegram": "Открыть в Telegram",
        "to_pay": "К оплате",
    },
    "en": {
        "points": "Points on the card: {n}",
        "tied": "This chat is now tied to your card.",
        "found": "We found your card. Welcome back!",
        "balance": "Balance: {n} point",
        "telegram": "Open in Telegram",
        "to_pay": "To pay",
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def coffee(
    mongo_client: AsyncMongoClient[dict[str, Any]],
    mongo_uri: str,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Coffee]:
    """One coffee house for every walk of this file: its year of history takes seconds to load."""
    name = f"tessera_coffee_{worker_id}"
    await mongo_client.drop_database(name)
    mongo = MongoSettings(uri=SecretStr(mongo_uri), database=name)
    async with open_coffee(mongo, tmp_path_factory.mktemp("coffee")) as opened:
        yield opened
    await mongo_client.drop_database(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The member's browser, the cashier's browser, and how both look."""

    coffee: Coffee
    phone: PhonePage
    member: Page
    cashier: Page
    artifacts: Path
    language: str
    is_wide: bool

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    async def prepare(self) -> None:
        for page in (self.member, self.cashier):
            await page.set_extra_http_headers({"Accept-Language": self.language})
        size = DESKTOP if self.is_wide else PHONE
        await self.member.set_viewport_size({"width": size["width"], "height": size["height"]})

    async def keep(self, page: Page, name: str) -> None:
        """Keep a picture of a page that has come to rest; nothing on it sticks out to the side."""
        await page.evaluate(_AT_REST)
        width = (page.viewport_size or PHONE)["width"]
        path = self.artifacts / f"journey-{self.language}-{width}-{name}.png"
        await page.screenshot(path=path, full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


_AT_REST = """async () => {
  const ends = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime < 60000);
  await Promise.allSettled(ends.map((each) => each.finished));
  await Promise.all([...document.images].map((each) => each.decode().catch(() => null)));
}"""


@pytest.mark.parametrize("is_wide", [True, False], ids=["desktop", "360px"])
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_scan_at_the_till_changes_every_picture_of_the_card(
    page: Page, second_page: Page, coffee: Coffee, artifacts: Path, language: str, *, is_wide: bool
) -> None:
    sight = await coffee.someone(language, about_to_spend_minor=(FIRST + SECOND) * 100)
    async with coffee.phone(Owner(first_name="Анна", language=language)) as phone:
        walk = Walk(
            coffee=coffee,
            phone=phone,
            member=page,
            cashier=second_page,
            artifacts=artifacts,
            language=language,
            is_wide=is_wide,
        )
        await walk.prepare()
        code = await carry_everywhere(walk, sight)
        await expect_balance(walk, sight.account.balance if sight.account else 0)

        await open_till(walk)
        first = await sell_by_photo(walk, sight)
        second = await sell_by_typed_code(walk, code, before=first)

        assert second == first - REDEEMED + points_for(sight, SECOND, REDEEMED)
        await expect_balance(walk, second)
        await expect(page.locator(".notice-card p").first).to_have_text(walk.words["points"].format(n=second))
        last_words = page.locator(".message.theirs .words").last
        await expect(last_words).to_contain_text(walk.words["balance"].format(n=second))
        await walk.keep(page, "phone")


async def test_a_newcomer_joins_on_a_page_and_the_bot_knows_the_number(
    page: Page, second_page: Page, coffee: Coffee, artifacts: Path
) -> None:
    owner = Owner(first_name="Вера", language="ru", phone="+79161234567")
    async with coffee.phone(owner) as phone:
        walk = Walk(
            coffee=coffee,
            phone=phone,
            member=page,
            cashier=second_page,
            artifacts=artifacts,
            language="ru",
            is_wide=False,
        )
        await walk.prepare()

        code = await join(walk, owner)
        await meet_the_bot(walk)
        await open_till(walk)
        await type_code(second_page, code)
        await second_page.fill("#amount", "250")
        await second_page.click("#settle")

        await expect(second_page.locator("#receipt-balance")).to_have_text("12")
        await expect_balance(walk, 12)
        await expect(page.locator(".notice-card p")).to_have_text("Баллов на карте: 12")
        await expect(page.locator(".message.theirs .words").last).to_contain_text("+12 баллов за покупку на 250")
        await walk.keep(page, "newcomer")


async def carry_everywhere(walk: Walk, sight: CardSight) -> str:
    """Put the card into both wallets and tie the chat to it by the link of the card's page; give its code."""
    page = walk.member
    await page.goto(f"{walk.phone.url}/?card={walk.coffee.link(sight)}")
    await expect(page.locator(".pass-header dd")).not_to_be_empty()
    await page.click("#same-card")
    await expect(page.locator(".google-card h3")).to_be_visible()

    await page.goto(walk.coffee.link(sight))
    code = (await page.locator(".code-number p").text_content() or "").strip()
    await page.get_by_role("link", name=walk.words["telegram"]).click()
    await page.click("#start")
    await expect(page.locator(".message.theirs .words").first).to_have_text(walk.words["tied"])
    await expect(page.locator(".message.pictured")).to_be_visible()
    return code


async def join(walk: Walk, owner: Owner) -> str:
    """Join on the page with the phone's own number, and carry the new card to the phone; give its code."""
    page = walk.member
    await page.goto(f"{walk.coffee.url}/join/{SLUG}")
    await page.fill("#phone", owner.phone)
    await page.check("#personal_data")
    await page.click("button[type=submit]")
    message = await walk.coffee.stand_ins.sms.next_to(owner.phone)
    await page.fill("#code", "".join(re.findall(r"\d{6}", message.text)))
    await page.press("#code", "Enter")
    await expect(page.locator(".card-code")).to_be_visible()
    code = (await page.locator(".code-number p").text_content() or "").strip()
    await walk.keep(page, "joined")
    await page.goto(f"{walk.phone.url}/?to=both&card={page.url.partition('?')[0]}")
    await expect(page.locator(".google-card h3")).to_be_visible()
    return code


async def meet_the_bot(walk: Walk) -> None:
    """Start the chat, agree, and share the number, by the buttons the bot shows."""
    page = walk.member
    await page.click("#start")
    await page.locator(".inline button").last.click()
    await page.locator(".keys button").first.click()
    await expect(page.locator(".message.theirs .words", has_text=walk.words["found"])).to_be_visible()


async def open_till(walk: Walk) -> None:
    width = (COUNTER if walk.is_wide else PHONE)["width"]
    await sign_in(walk.cashier, walk.coffee, language=walk.language, width=width)


async def sell_by_photo(walk: Walk, sight: CardSight) -> int:
    """Show the till a photo of the code on the phone's glass; give the balance on the receipt."""
    till = walk.cashier
    shot = await walk.member.locator(".pass-code").screenshot()
    photo: FilePayload = {"name": "glass.png", "mimeType": "image/png", "buffer": shot}
    await till.set_input_files("#photo", photo)
    await expect(till.locator("#sale")).to_be_visible()
    await till.fill("#amount", str(FIRST))
    await till.click("#settle")

    before = sight.account.balance if sight.account else 0
    after = before + points_for(sight, FIRST, 0)
    await expect(till.locator("#receipt-balance")).to_have_text(str(after))
    await expect_balance(walk, after)
    return after


async def sell_by_typed_code(walk: Walk, code: str, *, before: int) -> int:
    """Type the code, pay a part with points; give the balance on the receipt."""
    till = walk.cashier
    await expect(till.locator("#receipt-title")).to_contain_text(walk.words["to_pay"])
    await till.press("#receipt", "Escape")
    await type_code(till, code)
    await expect(till.locator("#balance")).to_have_text(str(before))
    await till.fill("#amount", str(SECOND))
    await till.fill("#points", str(REDEEMED))
    await walk.keep(till, "sale")
    await till.click("#settle")

    await expect(till.locator("#fact-redeemed dd")).to_contain_text(str(REDEEMED))
    await walk.keep(till, "receipt")
    return int(await till.locator("#receipt-balance").inner_text())


async def expect_balance(walk: Walk, points: int) -> None:
    """Both pictures of the card show the balance."""
    page = walk.member
    await expect(page.locator(".pass-header dd")).to_have_text(str(points))
    await expect(page.locator(".google-row dd").first).to_have_text(str(points))


def points_for(sight: CardSight, amount: int, redeemed: int) -> int:
    """Give what a purchase brings by the terms of the coffee house: 5 % of what is paid, a rouble a point."""
    spent_minor = sight.member.counters.spend_minor
    levels = sight.programme.terms.levels
    discount_bp = max((each.discount_bp for each in levels if each.spend_threshold_minor <= spent_minor), default=0)
    payable_minor = amount * (10_000 - discount_bp) // 100 - redeemed * 100
    return payable_minor * 500 // 10_000 // 100
