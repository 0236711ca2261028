// Returns: a sale found by its order number, its goods ticked, confirmed, and paid out once.

import { Refusal, Unreachable, findCheckouts, returnGoods } from "./api.js";
import { askFor, faultOf, goodsOf, refundOf } from "./goods.js";
import { newReference } from "./memory.js";
import { announce, busy, element, hush, isBusy, show, unlessTouch, warn, writeFigure } from "./screens.js";
import { language, money, say, whole } from "./texts.js";

const order = element("returns-order");
const form = element("returns-form");
const send = element("returns-send");
const dialog = element("returns-dialog");
let digits = 2;
let receipt = null;
let goods = [];
let reference = "";

/** Wires the screen. `next()` goes back to the cards; `failed(error)` says what went wrong. */
export function prepareReturns(next, failed) {
  element("returns-find").addEventListener("submit", (event) => {
    event.preventDefault();
    find(event.target.querySelector("button")).catch(failed);
  });
  for (const id of ["returns-back", "returned-next"]) element(id).addEventListener("click", next);
  element("returns").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dialog.open && !isBusy(send)) next();
  });
  element("returns-all").addEventListener("click", () => tickAll());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isBusy(send) && isWhole()) ask();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "return") busy(send, say("returning"), bringBack).catch(failed);
  });
}

export function showReturns(currencyDigits) {
  digits = currencyDigits;
  order.value = "";
  choose(null);
  show("returns", unlessTouch(order));
}

async function find(button) {
  const number = order.value.trim();
  if (!number) return order.focus();
  hush();
  choose(null);
  const found = await busy(button, null, () => findCheckouts(number));
  const open = found.filter((each) => each.state === "settled");
  if (!found.length) return warn(say("return_unknown"));
  if (!open.length) return warn(say(found[0].state === "voided" ? "return_voided" : "return_returned"));
  if (open.length === 1) return choose(open[0]);
  const list = element("returns-found");
  list.replaceChildren(...open.map(choice));
  list.hidden = false;
  list.querySelector("button").focus();
}

function choice(sale) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet block";
  button.textContent = `${when(sale)} · ${inMoney(sale.total_minor, sale)}`;
  button.addEventListener("click", () => choose(sale));
  item.append(button);
  return item;
}

/** Opens a sale, or closes the one that is open. */
function choose(sale) {
  receipt = sale;
  reference = newReference();
  goods = sale ? goodsOf(sale, digits) : [];
  element("returns-found").hidden = true;
  form.hidden = send.hidden = !sale;
  element("returns-lead").hidden = Boolean(sale);
  if (!sale) return;
  element("returns-sale").textContent = `${sale.order_ref} · ${when(sale)}`;
  element("returns-lines").replaceChildren(...goods.map(row));
  draw();
  if (goods.length === 1) tickAll();
  form.querySelector("input:not(:disabled)").focus();
}

function row(each) {
  const item = document.createElement("li");
  const tick = Object.assign(document.createElement("input"), { type: "checkbox", id: `goods-${each.index}` });
  const label = document.createElement("label");
  const field = document.createElement("input");
  const fault = document.createElement("p");
  const left = document.createElement("span");
  item.className = "check";
  label.htmlFor = tick.id;
  label.textContent = each.line.sku === "amount" ? say("return_sale") : each.line.sku;
  left.className = "hint";
  left.textContent = leftOf(each);
  tick.disabled = !each.isLeft;
  Object.assign(field, { value: each.typed, inputMode: each.pieces > 1 ? "numeric" : "decimal", autocomplete: "off" });
  Object.assign(field, { id: `goods-${each.index}-much`, maxLength: 24, hidden: true });
  field.setAttribute("aria-label", `${label.textContent}: ${say(each.pieces > 1 ? "return_how_many" : "return_how_much")}`);
  Object.assign(fault, { className: "error", id: `goods-${each.index}-error`, hidden: true });
  fault.setAttribute("role", "alert");
  field.setAttribute("aria-describedby", fault.id);
  tick.addEventListener("change", () => change(each, { ticked: tick.checked }));
  field.addEventListener("input", () => change(each, { typed: field.value }));
  item.append(tick, label, left, field, fault);
  return item;
}

function leftOf({ line, leftMinor, pieces, isLeft }) {
  if (!isLeft) return say("return_back_already");
  const price = inMoney(leftMinor, receipt);
  const isSome = line.returned.total_minor > 0;
  if (pieces > 1) return say("return_pieces_left", { pieces: whole(pieces), money: price });
  return isSome ? say("return_left", { money: price }) : price;
}

function change(each, fields) {
  Object.assign(each, fields);
  hush();
  draw();
}

function tickAll() {
  for (const each of goods) {
    if (!each.isLeft) continue;
    each.ticked = true;
    element(`goods-${each.index}`).checked = true;
  }
  draw();
}

function draw() {
  for (const each of goods) {
    const fault = faultOf(each);
    const field = element(`goods-${each.index}-much`);
    field.hidden = !each.ticked;
    field.setAttribute("aria-invalid", String(Boolean(fault)));
    element(`goods-${each.index}-error`).hidden = !fault;
    element(`goods-${each.index}-error`).textContent = fault ?? "";
  }
  element("returns-refund").textContent = inMoney(refundOf(goods), receipt);
}

function isWhole() {
  const wrong = goods.find(faultOf);
  if (wrong) element(`goods-${wrong.index}-much`).focus();
  else if (!goods.some((each) => each.ticked)) warn(say("return_nothing"));
  return !wrong && goods.some((each) => each.ticked);
}

function ask() {
  element("returns-sum").textContent = say("return_sum", { money: inMoney(refundOf(goods), receipt) });
  dialog.returnValue = "";
  dialog.showModal();
}

/** Returns once: while the answer is lost, the same reference is asked for again and found. */
async function bringBack() {
  hush();
  try {
    shown(await returnGoods(receipt.checkout_id, { return_ref: reference, lines: askFor(goods) }), null);
  } catch (error) {
    const isUnclear = error instanceof Unreachable || error.code === "idempotency_mismatch";
    const made = isUnclear ? await findReturn() : null;
    if (made) return shown(made, "return_recovered");
    if (error instanceof Refusal && error.code === "over_return") await openAgain();
    throw error;
  }
}

async function findReturn() {
  announce(say("finding_out"));
  const found = await findCheckouts(receipt.order_ref);
  const sale = found.find((each) => each.checkout_id === receipt.checkout_id);
  return sale?.returns.find((each) => each.return_ref === reference) ?? null;
}

/** Something came back meanwhile, at another till: shows what is left of the sale now. */
async function openAgain() {
  const found = await findCheckouts(receipt.order_ref);
  const sale = found.find((each) => each.checkout_id === receipt.checkout_id);
  if (sale?.state === "settled") choose(sale);
}

function shown(made, notice) {
  element("returned-notice").hidden = !notice;
  element("returned-notice").textContent = notice ? say(notice) : "";
  writeFigure("returned-refund", inMoney(made.refund_minor, made));
  fact("returned-total", made.total_minor !== made.refund_minor, inMoney(made.total_minor, made));
  fact("returned-points", made.points.returned, `+${whole(made.points.returned)}`);
  fact("returned-taken", made.points.taken_back, `\u2212${whole(made.points.taken_back)}`);
  element("returned-balance").textContent = whole(made.points.balance);
  element("returned-order").textContent = made.order_ref;
  show("returned", element("returned-next"));
  announce(say("returned", { money: inMoney(made.refund_minor, made) }));
}

function fact(id, isShown, text) {
  element(id).hidden = !isShown;
  element(id).querySelector("dd").textContent = text;
}

function when(sale) {
  const format = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language, format).format(new Date(sale.at));
}

function inMoney(minor, { currency }) {
  return money(minor, { currency, digits });
}
