"""Takes the picture of the README: a sale at the till, and the card in both wallets and the chat a moment later.

`make picture` runs a demo for it. Emoji need a font: on Debian, `apt-get install fonts-noto-color-emoji`.
"""

import base64
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, expect

SALES: Final = ("1850", "2400", "960")
POINTS_IN_LAST_SALE: Final = "120"
SCALE: Final = 1.5
STAGE: Final = (1480, 900)
TILL: Final = (360, 794)  # the shape of the glass it is shown behind
SCAN_CODE: Final = re.compile(r"TSR1\.\S+")

_SHOW_TILL: Final = """(till) => {
  document.querySelectorAll(".site-header, .site-footer, .intro, .switch, .story").forEach((each) => each.remove());
  Object.assign(document.querySelector("main").style, { padding: "1.25rem 2rem 3rem", flex: "none" });
  const seat = document.querySelector(".seat").cloneNode(false);
  seat.innerHTML = '<div class="seat-head"><h2></h2></div><div class="handset dark"><div class="glass"></div></div>';
  seat.querySelector("h2").textContent = "Till";
  const shot = new Image();
  shot.src = till;
  seat.querySelector(".glass").append(shot);
  const stage = document.querySelector(".stage");
  stage.prepend(seat);
  stage.style.gridTemplateColumns = "repeat(4, 20.5rem)";
  return shot.decode();
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    phone_url: str
    till_url: str
    till_key: str


async def take_portrait(browser: Browser, places: Places, target: Path) -> None:
    """Walk through the demo as a newcomer would, then put the till beside the phones."""
    context = await browser.new_context(
        viewport={"width": STAGE[0], "height": STAGE[1]}, device_scale_factor=SCALE, color_scheme="light"
    )
    phone, till = await context.new_page(), await context.new_page()
    await phone.goto(f"{places.phone_url}/?lang=en")
    await _join_by_chat(phone)
    code = await _add_to_wallets(phone)
    await till.set_viewport_size({"width": TILL[0], "height": TILL[1]})
    await _sign_in(till, places)
    for amount in SALES:
        is_last = amount == SALES[-1]
        balance = await _sell(till, code, amount, points=POINTS_IN_LAST_SALE if is_last else "0")
        await expect(phone.locator(".pass-header dd")).to_have_text(balance)
        await expect(phone.locator(".google-row dd").first).to_have_text(balance)
        await expect(phone.locator(".message .words").last).to_contain_text(balance)
        if not is_last:
            await till.click("#next")
    await till.evaluate("document.querySelector('.site-footer').remove()")
    shot = base64.b64encode(await till.screenshot()).decode()
    await phone.evaluate(_SHOW_TILL, f"data:image/png;base64,{shot}")
    await phone.wait_for_timeout(2_500)  # what glows because it is new has faded
    _keep(await phone.locator("main").screenshot(), target)
    await context.close()


def _keep(shot: bytes, target: Path) -> None:
    """Write 256 well chosen colours, dithered: half the size of all of them, and no band in the gradients."""
    with Image.open(BytesIO(shot)) as opened:
        picture = opened.convert("RGB")
    colours = picture.quantize(256, method=Image.Quantize.MEDIANCUT)
    picture.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)


async def _join_by_chat(phone: Page) -> None:
    await phone.click("#start")
    await phone.locator(".inline button").last.click()
    await phone.locator(".keys button").first.click()
    await phone.locator(".message.pictured").wait_for()


async def _add_to_wallets(phone: Page) -> str:
    """Add the card the bot links to, and give the code on its back."""
    link = await phone.locator(".message.pictured .inline .link").first.get_attribute("title")
    for button in ("apple", "google"):
        await phone.fill("#card", link or "")
        await phone.click(f"#add button[value={button}]")
        await expect(phone.locator("#card")).to_have_value("")
    await expect(phone.locator(".google-card")).to_have_count(1)
    back = await phone.locator(".pass-back-fields").text_content()
    found = SCAN_CODE.search(re.sub(r"(TSR1\.[0-9a-z]+\.[0-9a-z]{16})", r"\1 ", back or ""))
    return found[0] if found else ""


async def _sign_in(till: Page, places: Places) -> None:
    await till.goto(f"{places.till_url}?lang=en")
    await till.fill("#key", places.till_key)
    await till.press("#key", "Enter")
    await expect(till.locator("#scan")).to_be_visible()


async def _sell(till: Page, code: str, amount: str, *, points: str) -> str:
    """Settle one sale and give the balance on its receipt."""
    await till.fill("#code", code)
    await till.press("#code", "Enter")
    await expect(till.locator("#sale")).to_be_visible()
    await till.fill("#amount", amount)
    if points != "0":
        await till.fill("#points", points)
    await till.click("#settle")
    await expect(till.locator("#receipt-balance")).to_be_visible()
    return await till.inner_text("#receipt-balance")
