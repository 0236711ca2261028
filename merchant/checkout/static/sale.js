// The sale screen: the card on the counter, the amount, the points, and a preview of what it comes to.

import { mostPoints, preview, readAmount } from "./amounts.js";
import { foretell } from "./foretelling.js";
import { keepSale } from "./memory.js";
import { busy, element, hush, isBusy, show, writeFigure } from "./screens.js";
import { counted, language, money, percent, say, whole } from "./texts.js";

const amount = element("amount");
const points = element("points");
const slider = element("slider");
const order = element("order");
const fault = element("amount-error");
const button = element("settle");
let sale = null;
let card = null;

/** Wires the screen. `settle(sale, card)` is given a sale that may be sent; `leave(sale, card)` wants to go back. */
export function prepareSale(settle, leave) {
  amount.addEventListener("input", () => change({ amount: amount.value }));
  slider.addEventListener("input", () => change({ points: Number(slider.value) }));
  points.addEventListener("input", () => change({ points: readPoints() }));
  points.addEventListener("blur", () => (points.value = String(sale?.points ?? 0)));
  element("all-points").addEventListener("click", () => change({ points: most() }));
  order.addEventListener("input", () => change({ orderRef: order.value.trim() }));
  element("back").addEventListener("click", () => leave(sale, card));
  element("sale").addEventListener("keydown", (event) => event.key === "Escape" && leave(sale, card));
  element("sale-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button) || !isWhole()) return;
    await busy(button, say("settling"), () => settle(sale, card));
    draw();
  });
}

/** Shows a card with the sale that is open on it. */
export function showSale(openSale, resolvedCard) {
  sale = openSale;
  card = resolvedCard;
  amount.value = sale.amount;
  order.value = sale.orderRef;
  element("order-details").open = false;
  drawCard();
  show("sale", amount);
  draw();
}

function drawCard() {
  element("greeting").textContent = card.greeting[language];
  writeFigure("balance", whole(card.balance));
  writeFigure("discount", percent(card.discount_bp));
  element("currency").textContent = symbolOf(card.currency);
  const ahead = card.next_level;
  element("ahead").hidden = !ahead;
  if (ahead) {
    const missing = money(ahead.missing_minor, inCurrency());
    element("ahead").textContent = say("next_level", { money: missing, level: ahead.name[language] });
  }
}

function change(fields) {
  Object.assign(sale, fields);
  keepSale(sale);
  hush();
  draw();
}

/** Draws everything that follows from the amount and the points; fields being typed in are left alone. */
function draw() {
  const { minor, fault: wrong } = readAmount(sale.amount, card.currency_digits);
  tell(wrong && wrong !== "amount_empty" ? wrong : null);
  sale.points = minor ? Math.min(sale.points, mostPoints(minor, card)) : sale.points;
  drawPoints(minor);
  element("preview").hidden = !minor;
  element("order-shown").textContent = sale.orderRef;
  if (!isBusy(button)) button.textContent = say("settle");
  if (!minor) return;
  drawPreview(preview(minor, sale.points, card));
  foretell(sale, card, drawPreview);
}

/** Shows what the sale comes to: first by the page's own count, then by the service's, which knows every offer. */
function drawPreview(shown) {
  fact("preview-discount", shown.discount_minor, money(-shown.discount_minor, inCurrency()));
  fact("preview-points", shown.redeemed_minor, money(-shown.redeemed_minor, inCurrency()));
  fact("preview-accrual", shown.points_accrued, `+${whole(shown.points_accrued)}`);
  element("preview-payable").textContent = money(shown.payable_minor, inCurrency());
  if (!isBusy(button)) button.textContent = say("settle_for", { money: money(shown.payable_minor, inCurrency()) });
}

function drawPoints(minor) {
  element("points-field").hidden = card.balance === 0;
  const limit = minor ? most() : 0;
  for (const control of [slider, points, element("all-points")]) control.disabled = limit === 0;
  slider.max = String(limit);
  slider.value = String(sale.points);
  slider.setAttribute("aria-valuetext", counted("points", sale.points));
  if (document.activeElement !== points || readPoints() !== sale.points) points.value = String(sale.points);
  const reach = counted("points", minor ? limit : card.balance);
  element("limit").textContent = say(minor ? "limit" : "limit_all", { points: reach });
}

/** Tells whether the sale may be sent, and if not, what to mend. */
function isWhole() {
  const { fault: wrong } = readAmount(sale.amount, card.currency_digits);
  tell(wrong ?? (sale.orderRef ? null : "order_empty"));
  if (wrong) amount.focus();
  else if (!sale.orderRef) {
    element("order-details").open = true;
    order.focus();
  }
  return !wrong && Boolean(sale.orderRef);
}

function tell(name) {
  const digits = card.currency_digits;
  const example = new Intl.NumberFormat(language, { minimumFractionDigits: digits }).format(250);
  fault.hidden = !name;
  fault.textContent = name ? say(name, { currency: card.currency, digits, example }) : "";
  amount.setAttribute("aria-invalid", String(Boolean(name) && name !== "order_empty"));
}

function fact(id, value, text) {
  element(id).hidden = !value;
  element(id).querySelector("dd").textContent = text;
}

function readPoints() {
  return Math.min(Number(points.value.replace(/\D/g, "")), most());
}

function most() {
  const { minor } = readAmount(sale.amount, card.currency_digits);
  return minor ? mostPoints(minor, card) : 0;
}

function inCurrency() {
  return { currency: card.currency, digits: card.currency_digits };
}

function symbolOf(currency) {
  const parts = new Intl.NumberFormat(language, { style: "currency", currency }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}
