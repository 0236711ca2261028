"""What every page must be, asked of the browser: labelled, readable, and no wider than the screen."""

from playwright.async_api import Page

_UNLABELLED = """() => {
  const named = (element) => element.labels?.length || element.getAttribute("aria-label")
    || element.getAttribute("aria-labelledby") || element.textContent.trim()
    || element.querySelector("img[alt]:not([alt=''])");
  const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href]")];
  const pictures = [...document.querySelectorAll("img:not([alt])")];
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const pointed = [...document.querySelectorAll("[aria-describedby]")]
    .flatMap((element) => element.getAttribute("aria-describedby").split(/\\s+/)).filter((id) => !ids.includes(id));
  const doubled = ids.filter((id, place) => ids.indexOf(id) !== place);
  const shown = [...document.querySelectorAll("h1")].filter((element) => element.checkVisibility());
  const headings = shown.length === 1 ? [] : ["not one h1"];
  return [...fields.filter((element) => !named(element)), ...pictures].map((element) => element.outerHTML)
    .concat(pointed, doubled, headings)
    .concat(document.title ? [] : ["no title"], document.documentElement.lang ? [] : ["no lang"]);
}"""

_UNREADABLE = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const over = (colours) => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const complaints = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest(".visually-hidden, .skip, option, script, :disabled, [aria-disabled=true]")) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const style = getComputedStyle(element);
    const ground = over(["white", ...grounds]);
    const ink = over([`rgb(${ground})`, style.color]);
    const [high, low] = [light(ink), light(ground)].sort((one, two) => two - one);
    const contrast = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const words = walker.currentNode.textContent.trim();
    if (contrast < (large ? 3 : 4.5)) complaints.push(`${contrast.toFixed(2)}: ${words}`);
  }
  return complaints;
}"""


async def check_labels(page: Page) -> None:
    """Every field, link and picture has a name; one h1 to be seen; no id twice; every description exists."""
    nameless = await page.evaluate(_UNLABELLED)
    assert not nameless, nameless


async def check_contrast(page: Page) -> None:
    """Text stands out from its ground by 4.5, large text by 3 (WCAG 2.2, 1.4.3); pictures behind text are not seen."""
    faint = await page.evaluate(_UNREADABLE)
    assert not faint, faint


async def check_width(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
