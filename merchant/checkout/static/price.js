// The price of the sale on the counter: what it comes to, which offers did it, and what became of it when it changed.

import { drawExplained } from "./explained.js";
import { announce, element } from "./screens.js";
import { money, say, whole } from "./texts.js";

// Their numbers stand above the list already.
const TOLD_BY_NUMBERS = ["points_redeemed", "points_accrued"];
const panel = element("preview");
const dialog = element("price-dialog");
const wide = matchMedia("(min-width: 60rem)");
let announced = "";

/** At the counter the price stands under the card, on a phone above the buttons. */
function place() {
  if (wide.matches) element("card-side").append(panel);
  else element("order-details").before(panel);
}

wide.addEventListener("change", place);
place();

/** Shows a quote; while a new one is awaited the last one stays, paler. */
export function drawPrice(quote, inCurrency) {
  const paid = money(quote.payable_minor, inCurrency);
  panel.hidden = false;
  panel.classList.remove("waiting");
  element("no-price").hidden = true;
  fact("preview-total", quote.total_minor !== quote.payable_minor, money(quote.total_minor, inCurrency));
  fact("preview-discount", quote.discount_minor, money(-quote.discount_minor, inCurrency));
  fact("preview-points", quote.redeemed_minor, money(-quote.redeemed_minor, inCurrency));
  fact("preview-accrual", quote.points.accrued, `+${whole(quote.points.accrued)}`);
  element("preview-payable").textContent = paid;
  const told = quote.explain.filter((line) => !TOLD_BY_NUMBERS.includes(line.code));
  drawExplained(told, element("preview-explain"), element("preview-others"));
  if (announced !== paid) announce(say("to_pay", { money: paid }));
  announced = paid;
}

export function priceIsAwaited() {
  panel.classList.add("waiting");
}

/** Without an amount there is no price; without a connection nobody knows it. */
export function hidePrice({ isUnknown = false } = {}) {
  panel.hidden = true;
  element("no-price").hidden = !isUnknown;
  announced = "";
}

/** Shows the old price beside the new one, and gives whether the cashier wants to settle for the new one. */
export function askForNewPrice(before, now, inCurrency) {
  const paid = (quote) => money(quote.payable_minor, inCurrency);
  change("changed-payable", paid(before), paid(now), { always: true });
  change("changed-points", whole(before.points.redeemed), whole(now.points.redeemed));
  change("changed-accrual", whole(before.points.accrued), whole(now.points.accrued));
  element("price-accept").textContent = say("settle_for", { money: paid(now) });
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((decided) => {
    dialog.addEventListener("close", () => decided(dialog.returnValue === "settle"), { once: true });
  });
}

function change(id, before, now, { always = false } = {}) {
  element(id).hidden = before === now && !always;
  element(id).querySelector("s").textContent = before;
  element(id).querySelector("strong").textContent = now;
}

function fact(id, isShown, text) {
  element(id).hidden = !isShown;
  element(id).querySelector("dd").textContent = text;
}
