// The sale screen: the card on the counter, the amount, points and coupons, and the price that the service gives.

import { readAmount } from "./amounts.js";
import { drawVerdicts, prepareCoupons, showCoupons, tookTheBlame } from "./coupons.js";
import { foretell, foretold } from "./foretelling.js";
import { keepSale } from "./memory.js";
import { release } from "./outcome.js";
import { drawPrice, hidePrice, priceIsAwaited } from "./price.js";
import { busy, current, element, hush, isBusy, show, writeFigure } from "./screens.js";
import { counted, language, money, percent, say, whole } from "./texts.js";

const ASK_AGAIN_MS = 5_000;
const amount = element("amount");
const points = element("points");
const slider = element("slider");
const order = element("order");
const fault = element("amount-error");
const button = element("settle");
let sale = null;
let card = null;
let failed = null;
let limit = { minor: null, points: 0 };

/**
 * Wires the screen. `settle(sale, card)` is given a sale that may be sent; `leave(sale, card)` wants to go back;
 * `wrong(error)` is told what the price was refused for.
 */
export function prepareSale(settle, leave, wrong) {
  failed = wrong;
  amount.addEventListener("input", () => change({ amount: amount.value }));
  slider.addEventListener("input", () => change({ points: Number(slider.value) }));
  points.addEventListener("input", () => change({ points: readPoints() }));
  points.addEventListener("blur", () => (points.value = String(sale?.points ?? 0)));
  element("all-points").addEventListener("click", () => change({ points: most() }));
  order.addEventListener("input", () => change({ orderRef: order.value.trim() }));
  prepareCoupons((codes) => change({ codes }));
  element("back").addEventListener("click", () => leave(sale, card));
  element("sale").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !element("price-dialog").open) leave(sale, card);
  });
  window.addEventListener("online", () => current() === "sale" && draw());
  element("sale-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(button) || !isWhole()) return;
    await busy(button, say("settling"), () => settle(sale, card));
    if (current() === "sale") draw();
  });
}

/** Shows a card with the sale that is open on it. */
export function showSale(openSale, resolvedCard) {
  sale = openSale;
  card = resolvedCard;
  limit = { minor: null, points: 0 };
  amount.value = sale.amount;
  order.value = sale.orderRef;
  element("order-details").open = false;
  hidePrice();
  drawCard();
  showCoupons(sale, card);
  show("sale", amount);
  draw();
}

function drawCard() {
  element("greeting").textContent = card.greeting[language];
  writeFigure("balance", whole(card.balance));
  writeFigure("discount", percent(card.discount_bp));
  element("currency").textContent = symbolOf(card.currency);
  drawNotes();
  const ahead = card.next_level;
  element("ahead").hidden = !ahead;
  if (ahead) {
    const missing = money(ahead.missing_minor, inCurrency());
    element("ahead").textContent = say("next_level", { money: missing, level: ahead.name[language] });
  }
}

/** Says what the code that was scanned may not do; another code of the same card may, so it can be scanned now. */
function drawNotes() {
  const notes = element("card-notes");
  notes.replaceChildren(
    ...card.notes.map((note) => Object.assign(document.createElement("li"), { textContent: note[language] })),
  );
  notes.hidden = !card.notes.length;
}

function change(fields) {
  release(sale);
  Object.assign(sale, fields);
  keepSale(sale);
  hush();
  draw();
}

/** Draws everything that follows from the sale; fields being typed in are left alone. */
function draw() {
  const { minor, fault: wrong } = readAmount(sale.amount, card.currency_digits);
  tell(wrong && wrong !== "amount_empty" ? wrong : null);
  sale.points = Math.min(sale.points, most());
  drawPoints(minor);
  element("order-shown").textContent = sale.orderRef;
  if (!isBusy(button)) button.textContent = say("settle");
  const quote = minor ? foretold(sale, card) : null;
  if (!minor) hidePrice();
  else if (quote) priced(quote);
  else {
    priceIsAwaited();
    foretell(sale, card, priced, refused);
  }
}

function priced(quote) {
  limit = { minor: readAmount(sale.amount, card.currency_digits).minor, points: quote.points.redeemable };
  drawPoints(limit.minor);
  drawPrice(quote, inCurrency());
  drawVerdicts(quote.explain);
  if (!isBusy(button)) button.textContent = say("settle_for", { money: money(quote.payable_minor, inCurrency()) });
}

/** Mends what the service does not allow, or says it; while nobody answers, asks again now and then. */
function refused(error) {
  const isOfCode = error.code === "code_daily_limit" || error.code === "redemption_limit";
  if (isOfCode) return change({ points: Math.min(sale.points - 1, error.facts.allowed) });
  if (error.code === "not_enough_points") return change({ points: Math.min(sale.points - 1, error.facts.available) });
  if (tookTheBlame(error)) return;
  hidePrice({ isUnknown: true });
  if (error.text !== "unreachable") return failed(error);
  setTimeout(() => current() === "sale" && !isBusy(button) && draw(), ASK_AGAIN_MS);
}

function drawPoints(minor) {
  element("points-field").hidden = card.balance === 0 || !card.may.redeem_points;
  const reach = minor ? most() : 0;
  for (const control of [slider, points, element("all-points")]) control.disabled = reach === 0;
  slider.max = String(reach);
  slider.value = String(sale.points);
  slider.setAttribute("aria-valuetext", counted("points", sale.points));
  if (document.activeElement !== points || readPoints() !== sale.points) points.value = String(sale.points);
  const isKnown = Boolean(minor) && limit.minor === minor;
  element("limit").textContent = say(isKnown ? "limit" : "limit_all", {
    points: counted("points", isKnown ? reach : card.balance),
  });
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

function readPoints() {
  return Math.min(Number(points.value.replace(/\D/g, "")), most());
}

/** Until the service has said how many this amount takes, the balance is the limit. */
function most() {
  const { minor } = readAmount(sale.amount, card.currency_digits);
  if (minor && limit.minor === minor) return limit.points;
  return card.may.redeem_points ? Math.min(card.balance, card.may.points_today ?? card.balance) : 0;
}

function inCurrency() {
  return { currency: card.currency, digits: card.currency_digits };
}

function symbolOf(currency) {
  const parts = new Intl.NumberFormat(language, { style: "currency", currency }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}
